#pragma once
// What people are told of points: only what sets them apart within the plan.

#include <string>
#include <vector>

#include "experiments/plan.h"

namespace skerry::experiments {

/// `column=value` of the columns that vary, up to a stage.
std::string label(const Settings& settings, const Plan& plan, Stage last);

/// One point by all that it has of its own; several by what they share, and how many they are.
std::string label_points(const LayoutPlan& layout, const std::vector<std::size_t>& places,
                         const Plan& plan);

/// The store and codec without what the name of a folder should not hold.
std::string folder_label(const Settings& settings);

}  // namespace skerry::experiments
