#pragma once
// The HDF5 file of one run, as ann_benchmarks/results.py writes and plotting/ reads it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::experiments {

struct AnnbRun {
  bool batch_mode = false;
  double best_search_time = 0;  ///< seconds per query, of the fastest repetition
  double candidates = 0;        ///< mean number of neighbours returned
  std::string name;             ///< of the run, with its parameters
  std::int64_t run_count = 1;
  std::string distance;    ///< "angular", "euclidean" or "hamming"
  std::int64_t count = 0;  ///< k
  double build_time = 0;   ///< seconds
  double index_size = 0;   ///< kB, of 1024 bytes
  std::string algo;
  std::string dataset;
  double dist_comps = 0;                ///< distances of all queries of all runs together
  std::vector<float> times;             ///< seconds, one per query
  std::vector<std::int32_t> neighbors;  ///< [queries x count]; -1 where fewer were found
  std::vector<float> distances;         ///< [queries x count]; infinite there
};

/// The file appears complete or not at all. Throws Error{io}.
void write_annb_file(const std::filesystem::path& path, const AnnbRun& run);

}  // namespace skerry::experiments
