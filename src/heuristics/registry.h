#pragma once
// The policies by name: the one place to register one, and the erased forms that configs use.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "heuristics/levels/flat.h"
#include "heuristics/levels/geometric.h"
#include "heuristics/levels/hashed.h"
#include "heuristics/overflow/drop_new.h"
#include "heuristics/overflow/reselect.h"
#include "heuristics/overflow/truncate.h"
#include "heuristics/overflow/union.h"
#include "heuristics/repair/drop.h"
#include "heuristics/repair/fresh_diskann.h"
#include "heuristics/repair/reconnect.h"
#include "heuristics/repair/tombstone.h"
#include "heuristics/schedule/prefix_doubling.h"
#include "heuristics/schedule/sequential.h"
#include "heuristics/selection/closest.h"
#include "heuristics/selection/hnsw.h"
#include "heuristics/selection/robust_prune.h"

namespace skerry::heuristics {

using AnySelection = std::variant<Hnsw, Closest, RobustPrune>;
using AnyOverflow = std::variant<Union, Reselect, Truncate, DropNew>;
using AnyLevels = std::variant<Hashed, Geometric, Flat>;
using AnyRepair = std::variant<FreshDiskann, Reconnect, Drop, Tombstone>;
using AnySchedule = std::variant<PrefixDoubling, Sequential>;

/// Each parses a spec string. Error{invalid_argument} for a misspelt name (names the nearest and
/// lists the rest), an unknown or repeated parameter, or a value out of range.
AnySelection selection(std::string_view spec);
AnyOverflow overflow(std::string_view spec);
AnyLevels levels(std::string_view spec);
AnyRepair repair(std::string_view spec);
AnySchedule schedule(std::string_view spec);

/// What a selection rule may need to know of the metric, whose own header it may not include.
struct MetricTraits {
  std::string_view name;
  bool non_negative;
  int power;
};

/// Fits a rule to a metric before it is used. Error{invalid_argument}, naming both, when an alpha
/// other than 1 meets a metric that can be negative.
void bind(AnySelection& selection, const MetricTraits& metric);
void bind(AnyRepair& repair, const MetricTraits& metric);

/// For `skerry list`: every policy of every slot.
struct PolicyDescription {
  std::string_view slot;  ///< "selection", "overflow", "levels", "repair", "schedule"
  std::string_view name;
  std::string_view description;
  std::vector<Parameter> parameters;
};

std::vector<PolicyDescription> describe_policies();

}  // namespace skerry::heuristics
