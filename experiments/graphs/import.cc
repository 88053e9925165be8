#include "experiments/graphs/import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "base/error.h"
#include "experiments/formats/input_file.h"
#include "experiments/graph_file.h"
#include "experiments/graphs/hannoy.h"
#include "graph/stored_index.h"
#include "kv/open_store.h"
#include "kv/prefix_store.h"

namespace skerry::experiments {

namespace {

constexpr double direction_tolerance = 1e-5;

double norm_of(const float* vector, std::size_t dimension) {
  double sum = 0;
  for (std::size_t i = 0; i < dimension; ++i) sum += double{vector[i]} * vector[i];
  return std::sqrt(sum);
}

/// A zero vector has no direction: it equals zero vectors only.
bool same_direction(const float* a, const float* b, std::size_t dimension) {
  const double norm_a = norm_of(a, dimension);
  const double norm_b = norm_of(b, dimension);
  if (norm_a == 0 || norm_b == 0) return norm_a == norm_b;
  for (std::size_t i = 0; i < dimension; ++i) {
    // Negated, so that a NaN in the file is a difference.
    if (!(std::fabs(a[i] / norm_a - b[i] / norm_b) <= direction_tolerance)) return false;
  }
  return true;
}

void compare_vectors(const ForeignGraph& found, const Matrix& vectors,
                     const distance::Metric& metric, const std::string& path) {
  if (metric.element != distance::Element::f32) {
    throw Error(
        Code::unsupported,
        fmt::format("the graph's vectors are f32; those of metric {} are bits", metric.name),
        {.path = path});
  }
  if (found.dimension != vectors.dimension) {
    throw Error(Code::mismatch, "graph and data set have vectors of different dimensions",
                {.path = path,
                 .expected = std::to_string(vectors.dimension),
                 .found = std::to_string(found.dimension)});
  }
  const std::size_t dimension = found.dimension;
  const auto* given = reinterpret_cast<const float*>(vectors.data.data());
  for (std::size_t i = 0; i < vectors.rows; ++i) {
    const float* a = given + i * dimension;
    const float* b = found.vectors.data() + i * dimension;
    if (std::memcmp(a, b, dimension * sizeof(float)) == 0) continue;
    if (metric.name == "cosine" && same_direction(a, b, dimension)) continue;
    std::size_t component = 0;
    while (std::memcmp(a + component, b + component, sizeof(float)) == 0) ++component;
    throw Error(Code::mismatch,
                fmt::format("the graph was built over other vectors: item {} is the first that "
                            "differs from the data set, at component {}",
                            i, component),
                {.path = path,
                 .expected = fmt::format("{}", a[component]),
                 .found = fmt::format("{}", b[component])});
  }
}

/// The names of skerry's own indexes in a directory; none where there is no store that opens.
std::vector<std::string> own_indexes(const std::filesystem::path& directory) {
  try {
    const std::unique_ptr<kv::Store> store =
        kv::open_namespaced(kv::detect_store(directory), {.path = directory, .read_only = true});
    return graph::list_indexes(*store);
  } catch (const Error&) {
    return {};
  }
}

/// What `path` names, if it is of hannoy. A store of skerry looks like one until it is read.
std::optional<ForeignGraph> try_hannoy(const std::filesystem::path& path) {
  try {
    const std::optional<HannoyChoice> choice = hannoy_choice(path);
    if (!choice) return std::nullopt;
    return read_hannoy(*choice);
  } catch (const Error& error) {
    std::error_code ignored;
    // Nothing of a damaged file may be mapped, as opening a store does.
    const bool whole = error.code() == Code::not_found || error.code() == Code::unsupported;
    if (!whole || !std::filesystem::is_directory(path, ignored)) throw;
    const std::vector<std::string> names = own_indexes(path);
    if (names.empty()) throw;
    throw Error(Code::unsupported,
                fmt::format("this is a store of skerry with the indexes {}, not a graph file; "
                            "`skerry index stats` describes one, `skerry graph export` writes its "
                            "graph to a file",
                            fmt::join(names, ", ")),
                {.path = path.string()});
  }
}

}  // namespace

std::filesystem::path graph_data_file(const std::filesystem::path& path) {
  const std::optional<HannoyChoice> hannoy = hannoy_choice(path);
  return hannoy ? hannoy->file : path;
}

ForeignGraph read_foreign_graph(const std::filesystem::path& path) {
  if (std::optional<ForeignGraph> hannoy = try_hannoy(path)) return *std::move(hannoy);
  const InputFile file(path.string());
  std::byte start[8] = {};
  file.read_at(0, start, std::min<std::uint64_t>(file.size(), sizeof(start)));
  const std::string_view text = as_text(start);
  if (text == "skgraph\n") {
    return {read_graph_file(path),
            "skerry",
            {"the file holds no vectors: nothing was compared with the data set"},
            0,
            {}};
  }
  std::vector<std::byte> bytes(file.size());
  file.read_at(0, bytes.data(), bytes.size());
  if (text.starts_with("PK\x03\x04")) return read_csr(bytes, file.path());
  // Every faiss index begins with four letters; "I" is for those over floats.
  if (text.starts_with("I") && file.size() >= 4) return read_faiss(bytes, file.path());
  if (looks_like_hnswlib(bytes)) return read_hnswlib(bytes, file.path());
  throw Error(Code::unsupported,
              "no graph that can be read: neither .npz with indptr and indices, nor an index of "
              "hnswlib, faiss (IndexHNSWFlat) or hannoy, nor a graph of skerry",
              {.path = file.path()});
}

ImportedGraph import_graph(const std::filesystem::path& path, const Matrix& vectors,
                           const distance::Metric& metric) {
  ForeignGraph found = read_foreign_graph(path);
  if (found.graph.size() != vectors.rows) {
    throw Error(Code::mismatch, "graph and data set have different numbers of items",
                {.path = path.string(),
                 .expected = std::to_string(vectors.rows),
                 .found = std::to_string(found.graph.size())});
  }
  if (found.dimension > 0) compare_vectors(found, vectors, metric, path.string());
  return {std::move(found.graph), std::move(found.format), std::move(found.notes)};
}

}  // namespace skerry::experiments
