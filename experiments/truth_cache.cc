#include "experiments/truth_cache.h"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "experiments/formats/framing.h"
#include "experiments/formats/input_file.h"
#include "experiments/formats/output_file.h"
#include "experiments/ground_truth.h"

namespace skerry::experiments {

namespace {

std::string identity(const Dataset& dataset, const distance::Metric& metric) {
  return fmt::format("{}-{}", dataset.hash, metric.name);
}

std::vector<std::byte> header(const Dataset& dataset, const distance::Metric& metric,
                              std::size_t depth) {
  std::vector<std::byte> bytes;
  for (const std::byte b : as_bytes("sktruth\n")) bytes.push_back(b);
  append(bytes, truth_cache_version);
  append(bytes, static_cast<std::uint32_t>(depth));
  append(bytes, std::uint64_t{dataset.test.rows});
  append(bytes, std::uint64_t{dataset.train.rows});
  const std::string text = identity(dataset, metric);
  append(bytes, static_cast<std::uint32_t>(text.size()));
  for (const std::byte b : as_bytes(text)) bytes.push_back(b);
  return bytes;
}

}  // namespace

std::filesystem::path truth_cache_file(const Dataset& dataset, const distance::Metric& metric,
                                       std::size_t depth) {
  return cache_directory() / "ground-truth" /
         fmt::format("{}-{}.bin", identity(dataset, metric), depth);
}

std::optional<Truth> read_cached_truth(const Dataset& dataset, const distance::Metric& metric,
                                       std::size_t depth) {
  std::vector<std::byte> bytes;
  try {
    const InputFile file(truth_cache_file(dataset, metric, depth).string());
    const std::vector<std::byte> expected = header(dataset, metric, depth);
    Truth truth;
    truth.depth = depth;
    truth.ids.resize(dataset.test.rows * depth);
    const std::size_t id_bytes = truth.ids.size() * sizeof(std::uint32_t);
    const std::size_t before_checksum = expected.size() + id_bytes;
    if (file.size() != before_checksum + sizeof(std::uint64_t)) return std::nullopt;
    bytes.resize(file.size());
    file.read_at(0, bytes.data(), bytes.size());
    if (!std::equal(expected.begin(), expected.end(), bytes.begin())) return std::nullopt;
    if (load<std::uint64_t>(bytes.data() + before_checksum) !=
        XXH3_64bits(bytes.data(), before_checksum)) {
      return std::nullopt;
    }
    std::memcpy(truth.ids.data(), bytes.data() + expected.size(), id_bytes);
    const auto in_range = [&](std::uint32_t id) { return id < dataset.train.rows; };
    if (!std::all_of(truth.ids.begin(), truth.ids.end(), in_range)) return std::nullopt;
    return truth;
  } catch (const Error&) {
    return std::nullopt;  // absent or unreadable: the same as not cached
  }
}

void write_cached_truth(const Dataset& dataset, const distance::Metric& metric,
                        const Truth& truth) {
  const std::filesystem::path path = truth_cache_file(dataset, metric, truth.depth);
  std::error_code ignored;  // the file that cannot be created says what is wrong
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::vector<std::byte> bytes = header(dataset, metric, truth.depth);
  const std::size_t before = bytes.size();
  bytes.resize(before + truth.ids.size() * sizeof(std::uint32_t));
  std::memcpy(bytes.data() + before, truth.ids.data(), bytes.size() - before);
  append(bytes, std::uint64_t{XXH3_64bits(bytes.data(), bytes.size())});
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace skerry::experiments
