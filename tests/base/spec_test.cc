#include "base/spec.h"

#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "base/random.h"

namespace skerry {
namespace {

/// What a call throws; fails the test when it throws nothing.
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

std::string refusal(std::string_view text) {
  return message_of([&] { Spec::parse(text); });
}

/// name(value, key=value), the spelling that parse() reads back.
std::string spelling(const Spec& spec) {
  std::string text = spec.name + '(';
  for (const Spec::Argument& argument : spec.arguments) {
    if (text.back() != '(') text += ", ";
    text += argument.key.empty() ? argument.value : argument.key + '=' + argument.value;
  }
  return text + ')';
}

TEST(Spec, ABareNameHasNoArguments) {
  const Spec spec = Spec::parse("robust_prune2");
  EXPECT_EQ(spec.name, "robust_prune2");
  EXPECT_TRUE(spec.arguments.empty());
  EXPECT_TRUE(Spec::parse("hnsw()").arguments.empty());
  EXPECT_TRUE(Spec::parse("hnsw( )").arguments.empty());
}

TEST(Spec, ReadsPositionalThenNamedArguments) {
  const Spec spec = Spec::parse("robust_prune(1.2, passes=2)");
  ASSERT_EQ(spec.arguments.size(), 2U);
  EXPECT_EQ(spec.arguments[0].key, "");
  EXPECT_EQ(spec.arguments[0].value, "1.2");
  EXPECT_EQ(spec.arguments[1].key, "passes");
  EXPECT_EQ(spec.arguments[1].value, "2");
}

TEST(Spec, SpaceAroundEveryTokenIsIgnored) {
  EXPECT_EQ(spelling(Spec::parse(" \t robust_prune ( 1.2 ,\tpasses = 2 ) ")),
            "robust_prune(1.2, passes=2)");
}

TEST(Spec, NumbersKeepTheirSpelling) {
  for (const std::string number :
       {"0", "-1", "007", "1.50", "-0.25", "1e3", "2.5e-07", "1E+2", ".5", "5."}) {
    const Spec spec = Spec::parse("f(" + number + ", y=" + number + ")");
    EXPECT_EQ(spec.arguments[0].value, number);
    EXPECT_EQ(spec.arguments[1].value, number);
  }
}

TEST(Spec, KeepsANestedSpecAsItIsSpelt) {
  const Spec spec = Spec::parse("capped(geometric(ml=auto), 3, via=f(g( 1 ), true))");
  ASSERT_EQ(spec.arguments.size(), 3U);
  EXPECT_EQ(spec.arguments[0].value, "geometric(ml=auto)");
  EXPECT_EQ(spec.arguments[1].value, "3");
  EXPECT_EQ(spec.arguments[2].key, "via");
  EXPECT_EQ(spec.arguments[2].value, "f(g( 1 ), true)");
  EXPECT_EQ(Spec::parse(spec.arguments[0].value).arguments[0].key, "ml");
}

TEST(Spec, WhatIsSpelledOutIsReadBackTheSame) {
  for (const char* text : {"f()", "f(1)", "f(a=1)", "f(1, 2, a=true, b=g(h(3), c=-1.5))"}) {
    EXPECT_EQ(spelling(Spec::parse(text)), text);
  }
}

TEST(Spec, RefusalsQuoteTheTextAndPointAtTheFault) {
  EXPECT_EQ(refusal(""), "`` is not a spec: expected a name at column 1, found the end");
  EXPECT_EQ(refusal("  "), "`  ` is not a spec: expected a name at column 3, found the end");
  EXPECT_EQ(refusal("1.2"), "`1.2` is not a spec: expected a name at column 1, found `1`");
  EXPECT_EQ(refusal("hnsw)"), "`hnsw)` is not a spec: expected the end at column 5, found `)`");
  EXPECT_EQ(refusal("a b"), "`a b` is not a spec: expected the end at column 3, found `b`");
  EXPECT_EQ(refusal("f("), "`f(` is not a spec: expected a value at column 3, found the end");
  EXPECT_EQ(refusal("f(1,)"), "`f(1,)` is not a spec: expected a value at column 5, found `)`");
  EXPECT_EQ(refusal("f(a=)"), "`f(a=)` is not a spec: expected a value at column 5, found `)`");
  EXPECT_EQ(refusal("f(a==1)"), "`f(a==1)` is not a spec: expected a value at column 5, found `=`");
  EXPECT_EQ(refusal("f(1"), "`f(1` is not a spec: expected `,` or `)` at column 4, found the end");
  EXPECT_EQ(refusal("f(1 2)"),
            "`f(1 2)` is not a spec: expected `,` or `)` at column 5, found `2`");
  EXPECT_EQ(refusal("f(a=1,2)"),
            "`f(a=1,2)` is not a spec: expected `name=value` after a named argument at column 7, "
            "found `2`");
}

TEST(Spec, WhatLooksLikeANumberMustBeOne) {
  for (const std::string text : {"f(-)", "f(1.2.3)", "f(1x)", "f(--1)", "f(1e)", "f(0x10)", "f(.)",
                                 "f(1e999)", "f(a=1-2)"}) {
    EXPECT_TRUE(refusal(text).starts_with("`" + text + "` is not a spec: expected ")) << text;
  }
}

TEST(Spec, RefusalsPointAtTheFirstWrongCharacter) {
  EXPECT_EQ(refusal("f(a=1, 2)"),
            "`f(a=1, 2)` is not a spec: expected `name=value` after a named argument at column 8, "
            "found `2`");
  EXPECT_EQ(refusal("f(1.2x)"),
            "`f(1.2x)` is not a spec: expected `,` or `)` at column 6, found `x`");
}

TEST(Spec, RefusalsNeverCutACharacterInTwo) {
  EXPECT_EQ(refusal("f(\u00fc)"),
            "`f(\u00fc)` is not a spec: expected a value at column 3, found byte 0xc3");
  EXPECT_EQ(refusal("f\n"), "`f\n` is not a spec: expected the end at column 2, found byte 0x0a");
}

TEST(Spec, DeepNestingEndsInAnErrorNotInTheStack) {
  const auto nested = [](int depth) {
    std::string text = "f";
    for (int i = 0; i < depth; ++i) text = "f(" + text + ")";
    return text;
  };
  EXPECT_EQ(Spec::parse(nested(16)).arguments.size(), 1U);
  EXPECT_NE(refusal(nested(17)).find("at most 16 nested specs"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "a(";
  EXPECT_NE(refusal(deep).find("at most 16 nested specs"), std::string::npos);
}

TEST(Spec, ArbitraryTextIsRefusedOrReadTheSameTwice) {
  Random random(1);
  constexpr std::string_view letters = "ab1(.,=)- ";
  int read = 0;
  for (int round = 0; round < 50000; ++round) {
    std::string text(random.below(12), ' ');
    for (char& c : text) c = letters[random.below(letters.size())];
    try {
      const std::string once = spelling(Spec::parse(text));
      EXPECT_EQ(spelling(Spec::parse(once)), once) << text;
      ++read;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::invalid_argument);
    }
  }
  EXPECT_GT(read, 100);
}

constexpr std::array<Parameter, 4> parameters{{
    {"alpha", "real", "1.2", "slack, 0.5..10"},
    {"passes", "int", "1", "1..2"},
    {"fill", "bool", "false", "whether to fill"},
    {"inner", "spec", "hnsw", "another rule"},
}};

Arguments arguments(std::string_view text) { return Arguments(Spec::parse(text), parameters); }

TEST(Arguments, DefaultsHoldWhereNothingIsGiven) {
  const Arguments given = arguments("policy");
  EXPECT_EQ(given.real("alpha", 0.5, 10), 1.2);
  EXPECT_EQ(given.integer("passes", 1, 2), 1);
  EXPECT_FALSE(given.boolean("fill"));
  EXPECT_EQ(given.word("inner"), "hnsw");
}

TEST(Arguments, BindInDeclaredOrderOrByName) {
  const Arguments ordered = arguments("policy(2, 2, true, closest)");
  EXPECT_EQ(ordered.real("alpha", 0.5, 10), 2.0);
  EXPECT_EQ(ordered.integer("passes", 1, 2), 2);
  EXPECT_TRUE(ordered.boolean("fill"));
  EXPECT_TRUE(ordered.is("inner", "closest"));
  EXPECT_FALSE(ordered.is("inner", "close"));
  const Arguments named = arguments("policy(2.5, fill=true, passes=2)");
  EXPECT_EQ(named.real("alpha", 0.5, 10), 2.5);
  EXPECT_EQ(named.integer("passes", 1, 2), 2);
  EXPECT_TRUE(named.boolean("fill"));
}

TEST(Arguments, CanonicalLeavesOutDefaultsOrderAndBlanks) {
  for (const std::string_view same : {"policy", "policy()", "policy(passes=1, alpha=1.20)",
                                      "policy( 1.2 , fill = false )", "policy(1.2e0, 1, false)"}) {
    EXPECT_EQ(arguments(same).canonical(), "policy") << same;
  }
  EXPECT_EQ(arguments("policy(fill=true, alpha=2.50)").canonical(), "policy(alpha=2.5, fill=true)");
  EXPECT_EQ(arguments(arguments("policy(3, 2, true)").canonical()).canonical(),
            "policy(alpha=3, passes=2, fill=true)");
  EXPECT_EQ(arguments("policy(inner=capped( closest, 3 ))").canonical(),
            "policy(inner=capped(closest,3))");
}

TEST(Arguments, AnUnknownParameterIsToldTheNearest) {
  const std::string message = message_of([] { arguments("policy(alhpa=1)"); });
  EXPECT_TRUE(message.starts_with("unknown parameter of `policy` `alhpa`; did you mean `alpha`?"))
      << message;
  EXPECT_TRUE(message.ends_with(" Known: alpha, passes, fill, inner")) << message;
}

TEST(Arguments, OneTooManyIsNamed) {
  EXPECT_EQ(message_of([] { arguments("policy(1, 1, true, hnsw, 5)"); }),
            "`policy` takes 4 arguments, `5` is one too many");
  EXPECT_EQ(message_of([] { Arguments(Spec::parse("closest(x)"), {}); }),
            "`closest` takes 0 arguments, `x` is one too many");
}

TEST(Arguments, AParameterIsGivenOnce) {
  const std::string twice = "`policy`: parameter `alpha` is given twice";
  EXPECT_EQ(message_of([] { arguments("policy(alpha=1, alpha=1)"); }), twice);
  EXPECT_EQ(message_of([] { arguments("policy(1, alpha=1)"); }), twice);
}

TEST(Arguments, AWrongTypeNamesPolicyParameterAndValue) {
  EXPECT_EQ(message_of([] { arguments("policy(fill=1)").boolean("fill"); }),
            "`policy`: parameter `fill` is `1`; it must be true or false");
  EXPECT_EQ(message_of([] { arguments("policy(passes=1.5)").integer("passes", 1, 2); }),
            "`policy`: parameter `passes` is `1.5`; it must be a whole number in 1..2");
  EXPECT_EQ(message_of([] { arguments("policy(alpha=much)").real("alpha", 0.5, 10); }),
            "`policy`: parameter `alpha` is `much`; it must be a number in 0.5..10");
}

TEST(Arguments, ARangeIncludesItsEnds) {
  EXPECT_EQ(arguments("policy(alpha=0.5)").real("alpha", 0.5, 10), 0.5);
  EXPECT_EQ(arguments("policy(alpha=10)").real("alpha", 0.5, 10), 10.0);
  EXPECT_EQ(arguments("policy(passes=-3)").integer("passes", -3, 2), -3);
  for (const std::string alpha : {"0.49", "10.1", "-1", "nan", "inf", "-inf", "-nan"}) {
    const Arguments given = arguments("policy(alpha=" + alpha + ")");
    EXPECT_TRUE(message_of([&] { given.real("alpha", 0.5, 10); }).ends_with("in 0.5..10")) << alpha;
  }
  for (const std::string passes : {"0", "3", "99999999999999999999", "1e0", "true"}) {
    const Arguments given = arguments("policy(passes=" + passes + ")");
    EXPECT_TRUE(message_of([&] { given.integer("passes", 1, 2); }).ends_with("in 1..2")) << passes;
  }
}

TEST(Arguments, ReadingAnUndeclaredParameterIsAnError) {
  EXPECT_EQ(message_of([] { arguments("policy").word("beta"); }),
            "`policy` declares no parameter `beta`");
}

constexpr std::array<std::string_view, 4> names{"memory", "lmdb", "rocksdb", "robust_prune"};

TEST(Nearest, FindsOneSlipOfEachKind) {
  EXPECT_EQ(nearest("rocksdb", names), "rocksdb");
  EXPECT_EQ(nearest("memry", names), "memory");    // one letter missing
  EXPECT_EQ(nearest("memmory", names), "memory");  // one too many
  EXPECT_EQ(nearest("nemory", names), "memory");   // one wrong
  EXPECT_EQ(nearest("robust-prune", names), "robust_prune");
}

TEST(Nearest, CountsASwapAsOneEdit) {
  // Three letters allow one edit; two replacements would be two.
  constexpr std::array<std::string_view, 1> short_name{"abc"};
  EXPECT_EQ(nearest("acb", short_name), "abc");
  EXPECT_EQ(nearest("axx", short_name), "");
}

TEST(Nearest, IsSilentAboutWhatIsFar) {
  EXPECT_EQ(nearest("sqlite", names), "");
  EXPECT_EQ(nearest("vamana", names), "");
  EXPECT_EQ(nearest("memory", {}), "");
}

TEST(Nearest, PrefersTheFirstOfEquallyNearOnes) {
  constexpr std::array<std::string_view, 2> alike{"cart", "card"};
  EXPECT_EQ(nearest("carx", alike), "cart");
}

TEST(UnknownName, ListsWhatIsKnownAndAsksOnlyWhenOneIsNear) {
  EXPECT_EQ(unknown_name("store", "sqlite", names),
            "unknown store `sqlite`. Known: memory, lmdb, rocksdb, robust_prune");
  EXPECT_EQ(
      unknown_name("store", "lmbd", names),
      "unknown store `lmbd`; did you mean `lmdb`? Known: memory, lmdb, rocksdb, robust_prune");
  EXPECT_EQ(unknown_name("parameter of `flat`", "ml", {}),
            "unknown parameter of `flat` `ml`. Known: none");
}

TEST(Spec, ANumberMayHaveAUnitOfBytes) {
  const Spec spec = Spec::parse("rocksdb(4KiB, 1GiB, cache=64MiB)");
  EXPECT_EQ(spec.arguments.at(2).value, "64MiB");
  EXPECT_EQ(spec.arguments.at(0).value, "4KiB");
  EXPECT_EQ(spec.arguments.at(1).value, "1GiB");
  EXPECT_THROW(Spec::parse("rocksdb(cache=64MB)"), Error);
}

}  // namespace
}  // namespace skerry
