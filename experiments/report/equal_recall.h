#pragma once
// A curve of measured points read at a recall that was not measured itself.

#include <optional>
#include <vector>

namespace skerry::experiments {

struct RecallPoint {
  double recall = 0;  ///< 0..1
  double value = 0;   ///< what it costs or gives, above 0
};

/// The value at `recall` (in (0, 1)): between the two neighbouring points log(value) is taken as
/// linear in log(1 - recall), which is close to how graph searches behave. Of several points only
/// those count that none beats in both recall and value; `larger_is_better` says what better values
/// are. Below the last of them but within the measured range its value holds, since it finds more
/// for less than what was measured there. Nothing outside of the points' recalls: curves are never
/// extrapolated. Recall 1 has no logarithm: nothing is read between it and the point before.
std::optional<double> value_at_recall(std::vector<RecallPoint> points, double recall,
                                      bool larger_is_better);

}  // namespace skerry::experiments
