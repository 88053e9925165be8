#include "experiments/canonical.h"

#include <algorithm>
#include <span>
#include <vector>

#include "base/spec.h"
#include "experiments/churn_via.h"
#include "graph/codec/codec.h"
#include "graph/layout.h"
#include "heuristics/registry.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

/// A name that can be meant in the key of a column.
struct Known {
  std::string_view column;
  std::string_view name;
  std::vector<Parameter> parameters;
};

std::vector<Known> all_known() {
  std::vector<Known> all;
  for (heuristics::PolicyDescription& policy : heuristics::describe_policies()) {
    all.push_back({policy.slot, policy.name, std::move(policy.parameters)});
  }
  const auto add = [&](std::string_view column, const auto& kinds) {
    for (const auto& kind : kinds) {
      all.push_back({column, kind.name, {kind.parameters.begin(), kind.parameters.end()}});
    }
  };
  add("store", kv::store_kinds());
  add("layout", graph::layout_kinds());
  add("via", via_kinds());
  return all;
}

}  // namespace

std::string canonical(std::string_view column, std::string_view word) {
  static const std::vector<Known> known = all_known();
  if (column == "codec") return std::string(graph::link_codec(word).name());
  const bool takes_specs = std::any_of(known.begin(), known.end(),
                                       [&](const Known& one) { return one.column == column; });
  if (!takes_specs) return std::string(word);
  const Spec spec = Spec::parse(word);
  for (const Known& one : known) {
    if (one.column == column && one.name == spec.name) {
      return Arguments(spec, one.parameters).canonical();
    }
  }
  return std::string(word);
}

}  // namespace skerry::experiments
