#pragma once
// What `skerry compare` finds out: one row for each pair of settings, or each recall, and metric.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "experiments/statistics/bootstrap.h"
#include "experiments/statistics/compare_metric.h"
#include "experiments/statistics/matching.h"
#include "experiments/statistics/verdict.h"

namespace skerry::experiments {

struct ComparisonRow {
  std::vector<std::pair<std::string, std::string>> where{};  ///< the cell's columns
  std::optional<double> recall{};  ///< at which curves were read; none at equal settings
  const CompareMetric* metric = nullptr;
  std::size_t seeds = 0;
  std::optional<double> a{};  ///< over seeds the mean (of ratios' metrics the geometric one)
  std::optional<double> b{};
  std::optional<double> effect{};          ///< on the metric's scale: B - A or log(B / A)
  std::optional<Interval> over_queries{};  ///< for these graphs: which queries are asked
  std::optional<Interval> over_seeds{};    ///< for these queries: which graph is built
  std::optional<Interval> interval{};      ///< of the causes that are known together
  std::optional<double> p{};               ///< raw
  std::optional<double> p_holm{};          ///< adjusted for all tests of the comparison
  std::optional<double> noise{};           ///< on the scale of `effect`; of timed metrics only
  Verdict verdict = Verdict::unresolved;
  bool hidden = false;      ///< the effect is within the noise
  bool unmeasured = false;  ///< a side lacks the figure at all, or it is 0 and has no ratio
  std::string note{};       ///< why something is missing, or what it rests on
};

struct CompareOptions {
  std::vector<const CompareMetric*> metrics{};  ///< empty: all that the kind of comparison has
  std::vector<double> recalls{};                ///< in (0, 1); empty: compare at equal settings
  std::string driver = "ef";                    ///< along which recall is read
  std::map<std::string, double, std::less<>> margins{};  ///< by metric; others have their default
  Resampling resampling{};
};

struct Comparison {
  std::vector<Contrast> contrasts;
  std::vector<ComparisonRow> rows;
  std::vector<std::string> notes;  ///< whole sentences on all rows
  std::size_t left_out_a = 0;      ///< points without a partner
  std::size_t left_out_b = 0;
};

/// Throws Error: what match() and read_query_rows() throw (a missing file is no error: intervals
/// over queries are then missing, and a note says so); mismatch when the rows of a pair are not of
/// the same queries; invalid_argument when no settings are on both sides.
Comparison compare(const Side& a, const Side& b, const CompareOptions& options);

}  // namespace skerry::experiments
