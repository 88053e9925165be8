#include "experiments/dataset.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "base/error.h"
#include "experiments/base_queries.h"
#include "experiments/catalogue.h"
#include "experiments/formats/sources.h"
#include "experiments/synthetic.h"
#include "experiments/truth_file.h"

namespace skerry::experiments {

namespace {

void check_request(const DatasetRequest& request) {
  const int sources = (request.path.empty() ? 0 : 1) + (request.spec.empty() ? 0 : 1) +
                      (request.name.empty() ? 0 : 1);
  if (sources != 1) {
    throw Error(Code::invalid_argument, "a data set needs one of `path`, `spec` and `name`");
  }
  const bool drawn = parse_base_queries(request.queries).has_value();
  if (request.path.empty() && !((request.queries.empty() || drawn) && request.neighbors.empty())) {
    throw Error(Code::invalid_argument,
                "files of `queries` and `neighbors` go with a `path`, not a `spec` or a `name`");
  }
  if (drawn && !request.neighbors.empty()) {
    throw Error(Code::invalid_argument,
                "`neighbors` of queries that are drawn are computed; leave them out",
                {.path = request.neighbors});
  }
}

std::size_t limited(std::size_t rows, std::size_t limit) {
  return limit == 0 ? rows : std::min(rows, limit);
}

std::string hash_of(const Matrix& train, const Matrix& test) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state(XXH3_createState(),
                                                                              &XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_128bits_reset(state.get());
  for (const Matrix* matrix : {&train, &test}) {
    const std::uint64_t shape[] = {matrix->rows, matrix->dimension, matrix->row_bytes};
    XXH3_128bits_update(state.get(), shape, sizeof(shape));
  }
  for (const Matrix* matrix : {&train, &test}) {
    XXH3_128bits_update(state.get(), matrix->data.data(), matrix->data.size());
  }
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(state.get()));
  return to_hex(as_bytes({reinterpret_cast<const char*>(bytes.digest), sizeof(bytes.digest)}));
}

void check_metric(const Sources& sources, const distance::Metric& metric, const std::string& path) {
  if (sources.declared_metric.empty() || sources.declared_metric == metric.name) return;
  throw Error(
      Code::mismatch, "the data set is made for another metric",
      {.path = path, .expected = sources.declared_metric, .found = std::string(metric.name)});
}

void check_dimensions(const Sources& sources, const distance::Metric& metric) {
  const std::size_t train = dimension_of(*sources.train, metric);
  const std::size_t test = dimension_of(*sources.test, metric);
  if (train == test) return;
  throw sources.test->error(Code::mismatch,
                            fmt::format("queries have {} components, the vectors to "
                                        "search have {}",
                                        test, train));
}

/// The files of a request whose queries are files, or drawn and so none.
Sources open_files(DatasetRequest request, bool drawn) {
  if (drawn) request.queries.clear();
  Sources sources = open_sources(request);
  if (drawn) {
    sources.test.reset();
    sources.neighbors.reset();
    sources.distances.reset();
  }
  return sources;
}

/// Vectors, and queries unless they are drawn; the metric and the dimensions agree.
Dataset read_matrices(const Sources& sources, const DatasetRequest& request, bool drawn,
                      const distance::Metric& metric) {
  check_metric(sources, metric, request.path);
  if (!sources.test && !drawn) {
    throw Error(Code::invalid_argument, "the file has no queries; name a file of them as `queries`",
                {.path = request.path});
  }
  if (!drawn) check_dimensions(sources, metric);
  Dataset dataset;
  dataset.name = std::filesystem::path(request.path).filename().string();
  dataset.declared_metric = sources.declared_metric;
  const std::size_t rows = limited(sources.train->shape().rows, request.limit);
  dataset.train = read_vectors(*sources.train, rows, metric);
  if (!drawn) dataset.test = read_vectors(*sources.test, sources.test->shape().rows, metric);
  return dataset;
}

void read_neighbors(const Sources& sources, const distance::Metric& metric, Dataset& dataset) {
  // Neighbours among all vectors say nothing about the first few.
  const bool whole = dataset.train.rows == sources.train->shape().rows;
  if (!sources.neighbors || !whole) return;
  const FlatLayout& ids = sources.neighbors->shape();
  if (sources.distances && (sources.distances->shape().rows != ids.rows ||
                            sources.distances->shape().columns != ids.columns)) {
    throw sources.distances->error(Code::mismatch, "distances and neighbours differ in shape");
  }
  dataset.truth = read_truth(*sources.neighbors, dataset.test.rows, dataset.train.rows);
  if (dataset.truth) check_truth(dataset, metric, *sources.neighbors, sources.distances.get());
}

Dataset load(const DatasetRequest& named, const distance::Metric& metric, bool with_truth) {
  check_request(named);
  const DatasetRequest request = resolve_name(named);
  const std::optional<BaseQueries> drawn = parse_base_queries(request.queries);
  Dataset dataset;
  if (request.spec.empty()) {
    const Sources sources = open_files(request, drawn.has_value());
    dataset = read_matrices(sources, request, drawn.has_value(), metric);
    if (with_truth) read_neighbors(sources, metric, dataset);
  } else {
    dataset = synthetic_dataset(request.spec, metric, request.limit);
  }
  if (drawn) {
    dataset.test = draw_base_queries(dataset.train, *drawn);
    dataset.name += ", queries " + request.queries;
  }
  dataset.hash = hash_of(dataset.train, dataset.test);
  return dataset;
}

}  // namespace

Dataset load_dataset(const DatasetRequest& request, const distance::Metric& metric) {
  return load(request, metric, true);
}

Dataset load_vectors(const DatasetRequest& request, const distance::Metric& metric) {
  return load(request, metric, false);
}

DatasetInfo dataset_info(const DatasetRequest& named) {
  check_request(named);
  const DatasetRequest request = resolve_name(named);
  const std::optional<BaseQueries> drawn = parse_base_queries(request.queries);
  DatasetInfo info;
  if (request.spec.empty()) {
    const Sources sources = open_files(request, drawn.has_value());
    info.format = sources.format;
    info.declared_metric = sources.declared_metric;
    info.rows = limited(sources.train->shape().rows, request.limit);
    info.dimension = sources.train->shape().columns;
    if (sources.test) info.queries = sources.test->shape().rows;
    const bool whole = info.rows == sources.train->shape().rows;
    if (sources.neighbors && whole) info.truth_depth = sources.neighbors->shape().columns;
  } else {
    info = synthetic_info(request.spec);
    info.rows = limited(info.rows, request.limit);
  }
  if (drawn) {
    check_base_queries(info.rows, *drawn);
    info.queries = drawn->count;
  }
  return info;
}

}  // namespace skerry::experiments
