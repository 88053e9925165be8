#pragma once
// Which points of two sides belong together.

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "experiments/statistics/side.h"

namespace skerry::experiments {

/// A column in which the sides share no value, with the values of either: what is compared.
struct Contrast {
  std::string column;
  std::string a;
  std::string b;
};

/// One value of the driver and one seed. Either side may be missing, not both.
struct MatchedPoint {
  std::string driver;
  std::string seed;
  const nlohmann::ordered_json* a = nullptr;
  const nlohmann::ordered_json* b = nullptr;
};

/// Points that are equal in all columns but the contrasts, the seed and the driver.
struct Cell {
  std::vector<std::pair<std::string, std::string>> where;  ///< columns that tell cells apart
  std::vector<MatchedPoint> points;                        ///< by driver, then seed
};

struct Matching {
  std::vector<Contrast> contrasts;
  std::vector<Cell> cells;  ///< in the order of their values, numbers by size
};

/// `driver` is the column along which curves are measured, such as ef; empty: there is none. The
/// sides must outlive the result. Throws Error: mismatch for different data sets or queries, and
/// for sides that share no k, metric or seed (names both values); invalid_argument when a point is
/// on both sides, when several points of a side differ in contrasts only (names column and values),
/// and for an unknown driver.
Matching match(const Side& a, const Side& b, const std::string& driver);

}  // namespace skerry::experiments
