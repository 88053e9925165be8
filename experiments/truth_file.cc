#include "experiments/truth_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "experiments/exact_search.h"

namespace skerry::experiments {

namespace {

constexpr std::int64_t absent = -1;

/// Ids of one row up to the first -1; everything about them is checked.
std::size_t check_row(const MatrixFile& file, std::size_t row, std::span<const std::int64_t> ids,
                      std::size_t vectors) {
  std::size_t depth = ids.size();
  while (depth > 0 && ids[depth - 1] == absent) --depth;
  std::vector<std::int64_t> sorted;
  for (std::size_t j = 0; j < depth; ++j) {
    if (ids[j] < 0 || static_cast<std::uint64_t>(ids[j]) >= vectors) {
      throw file.error(Code::corrupt,
                       fmt::format("neighbours of query {}: place {} has id {}; the data set has "
                                   "ids 0..{}",
                                   row, j, ids[j], vectors - 1));
    }
    sorted.push_back(ids[j]);
  }
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw file.error(Code::corrupt,
                     fmt::format("neighbours of query {}: id {} occurs twice", row, *twice));
  }
  return depth;
}

/// What other programs write for a reported distance of ours, turned back.
using Convention = double (*)(double claimed, std::size_t dimension);

std::vector<Convention> conventions(const distance::Metric& metric) {
  const Convention as_is = [](double claimed, std::size_t) { return claimed; };
  const Convention similarity = [](double claimed, std::size_t) { return 1 - claimed; };
  const Convention squared = [](double claimed, std::size_t) { return std::sqrt(claimed); };
  const Convention dot = [](double claimed, std::size_t) { return -claimed; };
  const Convention one_minus_dot = [](double claimed, std::size_t) { return claimed - 1; };
  const Convention share = [](double claimed, std::size_t dimension) {
    return claimed * static_cast<double>(dimension);
  };
  if (metric.name == "euclidean") return {as_is, squared};
  if (metric.name == "cosine") return {as_is, similarity};
  if (metric.name == "inner_product") return {as_is, dot, one_minus_dot};
  if (metric.name == "hamming") return {as_is, share};
  return {as_is};
}

/// Compares reported distances as closely as f32 programs compute them: 1e-3 of the distance (of
/// its square for L2, where |q|^2 + |x|^2 - 2qx loses digits), and 1e-5 of what was subtracted.
class Comparison {
 public:
  Comparison(const Dataset& dataset, const distance::Metric& metric, std::size_t query)
      : dataset_(dataset),
        metric_(metric),
        query_(query),
        zero_(dataset.test.row_bytes),
        query_size_(size_of(dataset.test.row(query))) {}

  double distance_to(std::uint32_t id) const {
    return distance::exact_distance(metric_, dataset_.test.row(query_), dataset_.train.row(id),
                                    dataset_.train.dimension);
  }

  /// Whether `a` may pass for a distance <= b between the query and vector `id`.
  bool at_most(double a, double b, std::uint32_t id) const {
    const double power = metric_.name == "euclidean" ? 2 : 1;
    const double x = std::pow(a, power);
    const double y = std::pow(b, power);
    const double slack = 1e-3 * power * std::max(std::fabs(x), std::fabs(y)) +
                         1e-5 * (query_size_ + size_of(dataset_.train.row(id)));
    return x <= y + slack;
  }

  bool agree(double a, double b, std::uint32_t id) const {
    return at_most(a, b, id) && at_most(b, a, id);
  }

 private:
  double size_of(Bytes vector) const {
    const std::size_t dimension = dataset_.train.dimension;
    if (metric_.name == "cosine") return 0.5;
    if (metric_.name == "hamming") return 0;
    if (metric_.name == "inner_product") {
      return -distance::exact_distance(metric_, vector, vector, dimension);
    }
    const double length = distance::exact_distance(metric_, vector, zero_, dimension);
    return metric_.name == "euclidean" ? length * length : length;
  }

  const Dataset& dataset_;
  const distance::Metric& metric_;
  std::size_t query_;
  std::vector<std::byte> zero_;
  double query_size_;
};

/// `count` queries, or all, evenly spread from the first one on.
std::vector<std::size_t> sample(std::size_t queries, std::size_t count) {
  count = std::min(count, queries);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * queries / count);
  return chosen;
}

void check_order(const Dataset& dataset, const distance::Metric& metric,
                 const MatrixFile& neighbors, std::size_t query) {
  const Comparison compare(dataset, metric, query);
  const std::span<const std::uint32_t> ids = dataset.truth->of(query);
  double before = compare.distance_to(ids[0]);
  for (std::size_t j = 1; j < ids.size(); ++j) {
    const double now = compare.distance_to(ids[j]);
    if (!compare.at_most(before, now, ids[j])) {
      throw neighbors.error(
          Code::mismatch,
          fmt::format("the neighbours do not belong to these vectors under {}: query {}, place {}: "
                      "id {} lies at {:.6g}, the one before at {:.6g}",
                      metric.name, query, j, ids[j], now, before));
    }
    before = now;
  }
}

void check_distances(const Dataset& dataset, const distance::Metric& metric,
                     const MatrixFile& distances, std::span<const std::size_t> queries) {
  const std::size_t columns = distances.shape().columns;
  const Scalar scalar = distances.shape().scalar;
  std::vector<std::byte> raw(distances.row_bytes());
  std::vector<float> claimed(columns);
  std::vector<Convention> possible = conventions(metric);
  for (const std::size_t query : queries) {
    distances.read(query, 1, raw.data());
    convert(scalar, raw.data(), columns, Scalar::f32, reinterpret_cast<std::byte*>(claimed.data()));
    const Comparison compare(dataset, metric, query);
    const std::span<const std::uint32_t> ids = dataset.truth->of(query);
    for (std::size_t j = 0; j < ids.size(); ++j) {
      const double measured = compare.distance_to(ids[j]);
      const auto disagrees = [&](Convention convention) {
        return !compare.agree(convention(claimed[j], dataset.train.dimension), measured, ids[j]);
      };
      possible.erase(std::remove_if(possible.begin(), possible.end(), disagrees), possible.end());
      if (!possible.empty()) continue;
      throw distances.error(
          Code::mismatch,
          fmt::format("the neighbours do not belong to these vectors under {}: query {}, place {}: "
                      "id {} lies at {:.6g}, the file says {:.6g}",
                      metric.name, query, j, ids[j], measured, claimed[j]));
    }
  }
}

/// Nothing may be nearer than the last of the neighbours: brute force over the sampled queries.
void check_nearest(const Dataset& dataset, const distance::Metric& metric,
                   const MatrixFile& neighbors, std::span<const std::size_t> queries) {
  Matrix some = dataset.test;
  some.rows = queries.size();
  some.data.clear();
  for (const std::size_t query : queries) {
    const Bytes row = dataset.test.row(query);
    some.data.insert(some.data.end(), row.begin(), row.end());
  }
  const Truth found = exact_search(dataset.train, some, metric, dataset.truth->depth, 1);
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Comparison compare(dataset, metric, queries[i]);
    const std::uint32_t claimed = dataset.truth->of(queries[i]).back();
    const double last = compare.distance_to(claimed);
    const double right = compare.distance_to(found.of(i).back());
    if (compare.at_most(last, right, claimed)) continue;
    throw neighbors.error(
        Code::mismatch,
        fmt::format("the neighbours are not the nearest of these vectors under {}: query {} has {} "
                    "vectors within {:.6g}, the file's last one lies at {:.6g}",
                    metric.name, queries[i], found.depth, right, last));
  }
}

}  // namespace

std::optional<Truth> read_truth(const MatrixFile& neighbors, std::size_t queries,
                                std::size_t vectors) {
  const FlatLayout& shape = neighbors.shape();
  if (!is_integer(shape.scalar)) {
    throw neighbors.error(Code::unsupported,
                          fmt::format("neighbours are integers, not {}", name(shape.scalar)));
  }
  if (shape.rows != queries) {
    throw neighbors.error(Code::mismatch, fmt::format("there are neighbours of {} queries, but {} "
                                                      "queries",
                                                      shape.rows, queries));
  }
  // Unsigned files write -1 as their largest value; ids of the upper half are out of range anyway.
  const Scalar stored_as = shape.scalar == Scalar::u32   ? Scalar::i32
                           : shape.scalar == Scalar::u64 ? Scalar::i64
                                                         : shape.scalar;
  Truth truth;
  truth.depth = shape.columns;
  std::vector<std::int64_t> ids(shape.columns);
  for_each_band(
      neighbors, shape.rows, [&](std::size_t first, std::size_t count, const std::byte* band) {
        for (std::size_t i = 0; i < count; ++i, band += neighbors.row_bytes()) {
          convert(stored_as, band, shape.columns, Scalar::i64,
                  reinterpret_cast<std::byte*>(ids.data()));
          truth.depth = std::min(truth.depth, check_row(neighbors, first + i, ids, vectors));
          for (const std::int64_t id : ids) truth.ids.push_back(static_cast<std::uint32_t>(id));
        }
      });
  if (truth.depth == 0) return std::nullopt;
  for (std::size_t q = 1; truth.depth < shape.columns && q < queries; ++q) {
    std::copy_n(truth.ids.begin() + static_cast<std::ptrdiff_t>(q * shape.columns), truth.depth,
                truth.ids.begin() + static_cast<std::ptrdiff_t>(q * truth.depth));
  }
  truth.ids.resize(queries * truth.depth);
  return truth;
}

void check_truth(const Dataset& dataset, const distance::Metric& metric,
                 const MatrixFile& neighbors, const MatrixFile* distances) {
  const std::vector<std::size_t> compared = sample(dataset.test.rows, 100);
  if (distances != nullptr) check_distances(dataset, metric, *distances, compared);
  for (const std::size_t query : compared) check_order(dataset, metric, neighbors, query);

  // About a tenth of a second, but at least one query, however large the set.
  constexpr std::size_t components = std::size_t{1} << 28;
  const std::size_t affordable = components / (dataset.train.rows * dataset.train.dimension);
  check_nearest(dataset, metric, neighbors,
                sample(dataset.test.rows, std::clamp<std::size_t>(affordable, 1, 8)));
}

}  // namespace skerry::experiments
