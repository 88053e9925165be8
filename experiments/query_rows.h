#pragma once
// What a point measured for each query: the file DIR/queries/<point>.npy beside its record.
//
// An npy file (version 1.0) with one structured row per query, little-endian, in this order:
//   query u4, hits u2, hits_tie u2, returned u2, pad u2, distances u4, hops u4, gets u4, bytes u8,
//   latency_ns u4[repetitions]
// Counts are those of the counting pass; latencies those of every timed pass, in the order in which
// the passes were run. numpy.load() reads it without help.

#include <cstdint>
#include <filesystem>
#include <vector>

namespace skerry::experiments {

struct QueryRow {
  std::uint32_t query = 0;
  std::uint16_t hits = 0;      ///< of the k true neighbours by id; recall strict = hits / k
  std::uint16_t hits_tie = 0;  ///< the numerator of recall tie
  std::uint16_t returned = 0;
  std::uint32_t distances = 0;
  std::uint32_t hops = 0;
  std::uint32_t gets = 0;
  std::uint64_t bytes = 0;                ///< of values read
  std::vector<std::uint32_t> latency_ns;  ///< one per repetition, the same number in every row
};

/// DIR/queries/<point>.npy
std::filesystem::path query_rows_file(const std::filesystem::path& directory,
                                      const std::string& point);

/// Written beside, synced and renamed, so that the file is whole or absent. Creates the folder.
/// Throws Error{io, no_space}.
void write_query_rows(const std::filesystem::path& file, const std::vector<QueryRow>& rows);

/// Throws Error: not_found, io, corrupt for any bytes that write_query_rows() cannot have written.
std::vector<QueryRow> read_query_rows(const std::filesystem::path& file);

}  // namespace skerry::experiments
