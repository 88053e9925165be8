#include "experiments/ground_truth.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "experiments/exact_search.h"
#include "experiments/truth_cache.h"

namespace skerry::experiments {

std::filesystem::path cache_directory() {
  // The XDG base directory specification has relative values ignored.
  const char* const xdg = std::getenv("XDG_CACHE_HOME");
  if (xdg != nullptr && xdg[0] == '/') return std::filesystem::path(xdg) / "skerry";
  const char* const home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::filesystem::path(home) / ".cache" / "skerry";
  throw Error(Code::not_found,
              "there is no place for caches: set XDG_CACHE_HOME or HOME to an absolute path");
}

Truth compute_truth(const Dataset& dataset, const distance::Metric& metric, std::size_t depth,
                    unsigned threads, const Progress& progress) {
  return exact_search(dataset.train, dataset.test, metric, depth, threads, progress);
}

const Truth& ensure_truth(Dataset& dataset, const distance::Metric& metric, std::size_t k,
                          unsigned threads, const Progress& progress) {
  if (dataset.truth && dataset.truth->depth >= std::min(k, dataset.train.rows)) {
    return *dataset.truth;
  }
  // One file for all the usual k: most of the work does not depend on the depth.
  constexpr std::size_t usual_depth = 100;
  const std::size_t depth = std::min(std::max(k, usual_depth), dataset.train.rows);
  if (std::optional<Truth> cached = read_cached_truth(dataset, metric, depth)) {
    dataset.truth = std::move(cached);
    return *dataset.truth;
  }
  dataset.truth = compute_truth(dataset, metric, depth, threads, progress);
  try {
    write_cached_truth(dataset, metric, *dataset.truth);
  } catch (const Error&) {
    // A cache that cannot be written costs the next run time, and this one nothing.
  }
  return *dataset.truth;
}

}  // namespace skerry::experiments
