#include "experiments/formats/sources.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <utility>

#include "base/spec.h"
#include "experiments/formats/bin.h"
#include "experiments/formats/hdf5.h"
#include "experiments/formats/npy.h"
#include "experiments/formats/vecs.h"

namespace skerry::experiments {

namespace {

constexpr std::array<std::string_view, 9> formats{"hdf5",  "fvecs", "ivecs", "bvecs", "fbin",
                                                  "u8bin", "i8bin", "ibin",  "npy"};

constexpr std::string_view hdf5_magic = "\x89HDF\r\n\x1a\n";

/// Formats with a magic are told by it, so that a wrong name is called by its right one.
void check_magic(const InputFile& file, std::string_view format) {
  std::array<std::byte, 8> start{};
  file.read_at(0, start.data(), std::min<std::uint64_t>(start.size(), file.size()));
  const std::string_view text = as_text(start);
  const std::string_view found = text.starts_with(hdf5_magic)  ? "hdf5"
                                 : text.starts_with(npy_magic) ? "npy"
                                                               : "";
  if (found.empty() || found == format) return;
  throw Error(Code::invalid_argument, "the file is of another format than its name says",
              {.path = file.path(), .expected = std::string(format), .found = std::string(found)});
}

struct MatrixPair {
  std::unique_ptr<MatrixFile> values;
  std::unique_ptr<MatrixFile> distances;
};

MatrixPair open_flat(const std::string& path, const std::string& format) {
  auto file = std::make_shared<const InputFile>(path);
  check_magic(*file, format);
  if (format == "npy") return {flat_matrix(file, npy_layout(*file)), nullptr};
  if (format.ends_with("vecs")) return {flat_matrix(file, vecs_layout(*file, format)), nullptr};
  const BinLayouts layouts = bin_layouts(*file, format);
  MatrixPair opened{flat_matrix(file, layouts.values), nullptr};
  if (layouts.distances) opened.distances = flat_matrix(file, *layouts.distances, "distances");
  return opened;
}

MatrixPair open_beside(const std::string& path, const char* role) {
  const std::string format = format_of(path);
  if (format == "hdf5") {
    throw Error(Code::invalid_argument,
                std::string("`") + role + "` must be a file of one matrix, not HDF5",
                {.path = path});
  }
  return open_flat(path, format);
}

}  // namespace

std::string format_of(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  if (!extension.empty()) extension.erase(0, 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (extension == "h5") extension = "hdf5";
  if (std::find(formats.begin(), formats.end(), extension) != formats.end()) return extension;
  throw Error(Code::invalid_argument, unknown_name("extension", extension, formats),
              {.path = path});
}

Sources open_sources(const DatasetRequest& request) {
  Sources sources;
  sources.format = format_of(request.path);
  if (sources.format == "hdf5") {
    if (!request.queries.empty() || !request.neighbors.empty()) {
      throw Error(Code::invalid_argument,
                  "an HDF5 file holds its own queries and neighbours; leave out `queries` and "
                  "`neighbors`",
                  {.path = request.path});
    }
    check_magic(InputFile(request.path), sources.format);
    Hdf5File file = open_hdf5(request.path);
    sources.declared_metric = std::move(file.declared_metric);
    sources.train = std::move(file.train);
    sources.test = std::move(file.test);
    sources.neighbors = std::move(file.neighbors);
    sources.distances = std::move(file.distances);
    return sources;
  }
  sources.train = open_flat(request.path, sources.format).values;
  if (!request.queries.empty()) sources.test = open_beside(request.queries, "queries").values;
  if (!request.neighbors.empty()) {
    MatrixPair truth = open_beside(request.neighbors, "neighbors");
    sources.neighbors = std::move(truth.values);
    sources.distances = std::move(truth.distances);
  }
  return sources;
}

}  // namespace skerry::experiments
