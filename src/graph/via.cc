#include "graph/via.h"

#include <array>

#include "base/error.h"

namespace skerry::graph {

namespace {

constexpr std::array<Parameter, 1> transactions_parameters = {
    {{"items", "int", "1000", "items to a commit, 1..1000000000"}}};
constexpr std::array<SpecKind, 2> vias = {{
    {"bulk", "all records by one sorted load", {}},
    {"transactions", "commits of so many items each, every one safe from loss of power",
     transactions_parameters},
}};

}  // namespace

std::span<const SpecKind> via_kinds() { return vias; }

Via Via::parse(std::string_view text) {
  constexpr std::array<std::string_view, 2> known = {vias[0].name, vias[1].name};
  const Spec spec = Spec::parse(text);
  if (spec.name == "bulk") {
    const Arguments none(spec, {});
    return {};
  }
  if (spec.name == "transactions") {
    const Arguments arguments(spec, transactions_parameters);
    return {static_cast<std::size_t>(arguments.integer("items", 1, 1'000'000'000))};
  }
  throw Error(Code::invalid_argument, unknown_name("via", spec.name, known));
}

}  // namespace skerry::graph
