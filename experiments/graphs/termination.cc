#include "experiments/graphs/termination.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/error.h"
#include "base/spec.h"

namespace skerry::experiments {

namespace {

constexpr std::array<std::string_view, 4> names = {"ef", "distances", "patience", "distance_ratio"};
constexpr std::array<Parameter, 1> count_parameter = {
    {{"n", "int", "", "distances of a query, 1..10^12"}}};
constexpr std::array<Parameter, 1> patience_parameter = {
    {{"p", "int", "", "expansions without a change of the k nearest, 1..10^9"}}};
constexpr std::array<Parameter, 1> gamma_parameter = {
    {{"gamma", "real", "", "slack beyond the k-th nearest, 0..1000"}}};

/// The rules have no defaults: a budget that nobody chose has no meaning.
void want_argument(const Spec& spec, const char* example) {
  if (spec.arguments.empty()) {
    throw Error(Code::invalid_argument,
                fmt::format("termination `{}` needs a number, as in `{}`", spec.name, example));
  }
}

}  // namespace

Termination Termination::parse(std::string_view text) {
  const Spec spec = Spec::parse(text);
  Termination rule;
  rule.spec_ = text;
  if (spec.name == "ef") {
    Arguments(spec, {});
  } else if (spec.name == "distances") {
    want_argument(spec, "distances(2000)");
    rule.kind_ = Kind::distances;
    rule.limit_ = static_cast<std::uint64_t>(
        Arguments(spec, count_parameter).integer("n", 1, 1'000'000'000'000));
  } else if (spec.name == "patience") {
    want_argument(spec, "patience(20)");
    rule.kind_ = Kind::patience;
    rule.limit_ = static_cast<std::uint64_t>(
        Arguments(spec, patience_parameter).integer("p", 1, 1'000'000'000));
  } else if (spec.name == "distance_ratio") {
    want_argument(spec, "distance_ratio(0.2)");
    rule.kind_ = Kind::distance_ratio;
    rule.gamma_ = Arguments(spec, gamma_parameter).real("gamma", 0, 1000);
    rule.factor_ = 1 + rule.gamma_;
  } else {
    throw Error(Code::invalid_argument, unknown_name("termination", spec.name, names));
  }
  return rule;
}

void Termination::bind(std::string_view metric, bool non_negative, int power) {
  if (kind_ != Kind::distance_ratio) return;
  if (!non_negative) {
    throw Error(Code::invalid_argument,
                fmt::format("termination `{}` compares ratios of distances; those of metric {} can "
                            "be negative",
                            spec_, metric));
  }
  factor_ = std::pow(1 + gamma_, power);
}

bool Termination::stops(const SearchState& state, float next) const noexcept {
  switch (kind_) {
    case Kind::ef: return false;
    case Kind::distances: return state.distances >= limit_;
    case Kind::patience: return state.stale >= limit_;
    case Kind::distance_ratio:
      return state.beam.size() >= state.k &&
             double{next} > factor_ * double{state.beam[state.k - 1].distance};
  }
  return false;
}

}  // namespace skerry::experiments
