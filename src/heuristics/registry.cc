#include "heuristics/registry.h"

#include <fmt/format.h>

#include "base/error.h"

namespace skerry::heuristics {

namespace {

/// Constructs the alternative of `Any` that a spec string names.
template <class Any, std::size_t... I>
Any parse(std::string_view kind, std::string_view text, std::index_sequence<I...>) {
  const Spec spec = Spec::parse(text);
  Any policy;
  const auto try_one = [&]<class P>(std::type_identity<P>) {
    if (spec.name != P::name) return false;
    policy = P(Arguments(spec, P::parameters));
    return true;
  };
  if ((try_one(std::type_identity<std::variant_alternative_t<I, Any>>{}) || ...)) return policy;
  const std::string_view known[] = {std::variant_alternative_t<I, Any>::name...};
  throw Error(Code::invalid_argument, unknown_name(kind, spec.name, known));
}

template <class Any>
Any parse(std::string_view kind, std::string_view text) {
  return parse<Any>(kind, text, std::make_index_sequence<std::variant_size_v<Any>>{});
}

template <class Any, std::size_t... I>
void describe(std::string_view slot, std::vector<PolicyDescription>& all,
              std::index_sequence<I...>) {
  const auto one = [&]<class P>(std::type_identity<P>) {
    all.push_back({slot, P::name, P::description, {P::parameters.begin(), P::parameters.end()}});
  };
  (one(std::type_identity<std::variant_alternative_t<I, Any>>{}), ...);
}

template <class Any>
void describe(std::string_view slot, std::vector<PolicyDescription>& all) {
  describe<Any>(slot, all, std::make_index_sequence<std::variant_size_v<Any>>{});
}

void fit(RobustPrune& rule, std::string_view name, const MetricTraits& metric) {
  if (rule.alpha != 1 && !metric.non_negative) {
    throw Error(Code::invalid_argument,
                fmt::format("`{}(alpha={})` has no meaning under metric `{}`, whose distances can "
                            "be negative; use alpha=1 or another rule",
                            name, rule.alpha, metric.name));
  }
  rule.power = metric.power;
}

}  // namespace

AnySelection selection(std::string_view spec) {
  return parse<AnySelection>("selection rule", spec);
}

AnyOverflow overflow(std::string_view spec) { return parse<AnyOverflow>("overflow rule", spec); }

AnyLevels levels(std::string_view spec) { return parse<AnyLevels>("level law", spec); }

AnyRepair repair(std::string_view spec) { return parse<AnyRepair>("repair", spec); }

AnySchedule schedule(std::string_view spec) { return parse<AnySchedule>("schedule", spec); }

void bind(AnySelection& selection, const MetricTraits& metric) {
  RobustPrune* const rule = std::get_if<RobustPrune>(&selection);
  if (rule != nullptr) fit(*rule, RobustPrune::name, metric);
}

void bind(AnyRepair& repair, const MetricTraits& metric) {
  FreshDiskann* const policy = std::get_if<FreshDiskann>(&repair);
  if (policy == nullptr) return;
  policy->rule.alpha = policy->alpha != 0 ? policy->alpha : metric.non_negative ? 1.2 : 1;
  fit(policy->rule, FreshDiskann::name, metric);
}

std::vector<PolicyDescription> describe_policies() {
  std::vector<PolicyDescription> all;
  describe<AnySelection>("selection", all);
  describe<AnyOverflow>("overflow", all);
  describe<AnyLevels>("levels", all);
  describe<AnyRepair>("repair", all);
  describe<AnySchedule>("schedule", all);
  return all;
}

}  // namespace skerry::heuristics
