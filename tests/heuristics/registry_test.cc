// Policies by name: what is registered, what a config may say, and how a wrong word is answered.

#include "heuristics/registry.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace skerry::heuristics {
namespace {

template <class Call>
std::string message_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

/// Parses `spec` as a policy of `slot`.
void parse(std::string_view slot, std::string_view spec) {
  if (slot == "selection") {
    selection(spec);
  } else if (slot == "overflow") {
    overflow(spec);
  } else if (slot == "levels") {
    levels(spec);
  } else if (slot == "repair") {
    repair(spec);
  } else {
    ASSERT_EQ(slot, "schedule");
    schedule(spec);
  }
}

TEST(Registry, HoldsTheNamesThatConfigsRelyOn) {
  std::set<std::string> names;
  for (const PolicyDescription& policy : describe_policies()) {
    names.insert(std::string(policy.slot) + ' ' + std::string(policy.name));
  }
  for (const char* name :
       {"selection hnsw", "selection closest", "selection robust_prune", "overflow union",
        "overflow reselect", "overflow truncate", "overflow drop_new", "levels hashed",
        "levels geometric", "levels flat", "repair fresh_diskann", "repair reconnect",
        "repair drop", "repair tombstone", "schedule prefix_doubling", "schedule sequential"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Registry, EveryPolicyIsFoundByItsNameAndByItsDeclaredDefaults) {
  for (const PolicyDescription& policy : describe_policies()) {
    std::string positional(policy.name);
    std::string named(policy.name);
    char separator = '(';
    for (const Parameter& parameter : policy.parameters) {
      (positional += separator) += parameter.default_value;
      ((named += separator) += parameter.name) += '=';
      named += parameter.default_value;
      separator = ',';
    }
    if (separator == ',') {
      positional += ')';
      named += ')';
    }
    for (const std::string& spec : {std::string(policy.name), positional, named}) {
      EXPECT_NO_THROW(parse(policy.slot, spec)) << spec;
    }
  }
}

TEST(Registry, EveryPolicyIsDescribed) {
  std::set<std::string> seen;
  for (const PolicyDescription& policy : describe_policies()) {
    EXPECT_FALSE(policy.description.empty()) << policy.name;
    EXPECT_TRUE(seen.insert(std::string(policy.slot) + ' ' + std::string(policy.name)).second);
    for (const Parameter& parameter : policy.parameters) {
      EXPECT_FALSE(parameter.description.empty()) << policy.name << ' ' << parameter.name;
      EXPECT_TRUE((std::set<std::string_view>{"bool", "int", "real", "word", "spec"}.contains(
          parameter.type)))
          << parameter.type;
    }
  }
}

TEST(Registry, DefaultsAreThoseOfTheDesign) {
  const auto hnsw = std::get<Hnsw>(selection("hnsw"));
  EXPECT_FALSE(hnsw.extend_candidates);
  EXPECT_FALSE(hnsw.keep_pruned);
  EXPECT_TRUE(hnsw.prune_small);
  const auto robust = std::get<RobustPrune>(selection("robust_prune"));
  EXPECT_EQ(robust.alpha, 1.2);
  EXPECT_EQ(robust.passes, 1);
  EXPECT_FALSE(robust.scale_metric);
  EXPECT_EQ(std::get<PrefixDoubling>(schedule("prefix_doubling")).cap, 0.02);
}

TEST(Registry, ArgumentsReachThePolicy) {
  const auto hnsw = std::get<Hnsw>(selection("hnsw(true, prune_small=false, keep_pruned=true)"));
  EXPECT_TRUE(hnsw.extend_candidates);
  EXPECT_TRUE(hnsw.keep_pruned);
  EXPECT_FALSE(hnsw.prune_small);
  const auto robust = std::get<RobustPrune>(selection("robust_prune(1.5, 2, metric)"));
  EXPECT_EQ(robust.alpha, 1.5);
  EXPECT_EQ(robust.passes, 2);
  EXPECT_TRUE(robust.scale_metric);
  EXPECT_EQ(std::get<PrefixDoubling>(schedule("prefix_doubling(cap=0.5)")).cap, 0.5);
}

/// " Known: a, b, c" with every name of a slot, as registered.
std::string known(std::string_view slot) {
  std::string names;
  for (const PolicyDescription& policy : describe_policies()) {
    if (policy.slot == slot) (names += names.empty() ? " Known: " : ", ") += policy.name;
  }
  return names;
}

TEST(Registry, AMisspeltNameIsToldTheNearestAndTheRest) {
  const auto told = [](auto call, const std::string& beginning, const std::string& end) {
    const std::string message = message_of(call);
    EXPECT_EQ(message, beginning + end);
  };
  told([] { selection("robust_prun(1.2)"); },
       "unknown selection rule `robust_prun`; did you mean `robust_prune`?", known("selection"));
  told([] { overflow("onion"); }, "unknown overflow rule `onion`; did you mean `union`?",
       known("overflow"));
  told([] { levels("hash"); }, "unknown level law `hash`; did you mean `hashed`?", known("levels"));
  told([] { schedule("sequental"); }, "unknown schedule `sequental`; did you mean `sequential`?",
       known("schedule"));
  told([] { selection("robust_prune(alhpa=1.2)"); },
       "unknown parameter of `robust_prune` `alhpa`; did you mean `alpha`?",
       " Known: alpha, passes, scale");
}

TEST(Registry, AWordThatIsNearNothingIsToldTheNamesAlone) {
  EXPECT_EQ(message_of([] { selection("vamana"); }),
            "unknown selection rule `vamana`." + known("selection"));
  EXPECT_EQ(message_of([] { levels("flat(ml=1)"); }),
            "unknown parameter of `flat` `ml`. Known: none");
}

TEST(Registry, AValueOutOfRangeIsRefused) {
  for (const char* spec :
       {"robust_prune(alpha=0.4)", "robust_prune(alpha=10.5)", "robust_prune(passes=0)",
        "robust_prune(passes=3)", "robust_prune(scale=log)", "hnsw(keep_pruned=1)", "closest(1)"}) {
    EXPECT_NE(message_of([&] { selection(spec); }), "") << spec;
  }
  for (const char* spec : {"geometric(ml=0)", "geometric(ml=11)", "hashed(ml=automatic)"}) {
    EXPECT_NE(message_of([&] { levels(spec); }), "") << spec;
  }
  for (const char* spec : {"prefix_doubling(-0.1)", "prefix_doubling(1.1)", "sequential(1)"}) {
    EXPECT_NE(message_of([&] { schedule(spec); }), "") << spec;
  }
  EXPECT_EQ(message_of([] { selection("robust_prune(alpha=0.9, passes=2)"); }),
            "`robust_prune`: parameter `alpha` is `0.9`; with passes=2 it must be at least 1");
  EXPECT_EQ(message_of([] { selection("robust_prune(scale=log)"); }),
            "`robust_prune`: parameter `scale` is `log`; it must be stored or metric");
}

TEST(Registry, AlphaMeetsANegativeMetricOnlyAtOne) {
  const MetricTraits inner_product{"inner_product", false, 1};
  AnySelection slack = selection("robust_prune(alpha=1.5)");
  const std::string message = message_of([&] { bind(slack, inner_product); });
  EXPECT_NE(message.find("robust_prune(alpha=1.5)"), std::string::npos) << message;
  EXPECT_NE(message.find("inner_product"), std::string::npos) << message;
  for (const char* spec : {"robust_prune(alpha=1)", "hnsw", "closest"}) {
    AnySelection rule = selection(spec);
    EXPECT_NO_THROW(bind(rule, inner_product)) << spec;
  }
}

}  // namespace
}  // namespace skerry::heuristics
