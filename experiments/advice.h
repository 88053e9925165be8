#pragma once
// From measured points to the setting that reaches a recall at the least cost.
//
// A curve is the points that share all columns but `ef`. Between two neighbouring ef of a curve,
// recall is taken as linear in log ef, cost (time, distances) as linear in ef. Recall is made
// monotone by its running maximum: an ef counts as reaching what a smaller one reached. Nothing is
// said beyond the smallest and largest ef that were measured.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::experiments {

/// What is made small.
enum class Goal : std::uint8_t {
  qps,        ///< seconds per query, 1 / the median qps
  distances,  ///< distances computed per query, of codes too
  bytes,      ///< of the whole store, per vector
};

/// Throws Error{invalid_argument} that names the nearest.
Goal parse_goal(std::string_view text);

struct CurvePoint {
  std::int64_t ef;
  double recall;
  double cost;
};

/// Where a curve reaches a recall.
struct Reached {
  std::int64_t ef = 0;  ///< least, rounded up
  double cost = 0;
  bool measured = false;  ///< ef is one that was measured
  bool at_first = false;  ///< the smallest measured ef has it already; a smaller one may, too
};

/// `points` by ascending ef, each ef once. Nothing when no point reaches `recall`.
std::optional<Reached> reach(const std::vector<CurvePoint>& points, double recall);

struct Advice {
  std::vector<const nlohmann::ordered_json*> records;  ///< of the curve, by ef
  std::vector<CurvePoint> points;
  std::optional<Reached> reached;
  /// The recall at `reached` may be less than the target by so much: 1.96 standard errors at most,
  /// as the variance of a query's recall, which lies in 0..1 with mean r, is at most r (1 - r).
  double margin = 0;
};

/// All curves: those that reach the recall first, cheapest first; then the others by their best
/// recall. Records without recall or cost are left out.
std::vector<Advice> advise(const std::vector<nlohmann::ordered_json>& records, double recall,
                           Goal goal);

}  // namespace skerry::experiments
