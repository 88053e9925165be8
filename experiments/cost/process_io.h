#pragma once
// What this process had the system read and write, and how often it had to wait for a page.

#include <cstdint>

namespace skerry::experiments {

/// Sums since the process began, of all its threads.
struct ProcessIo {
  std::uint64_t read_bytes = 0;     ///< fetched from storage (proc(5), /proc/self/io)
  std::uint64_t written_bytes = 0;  ///< sent to storage, less what was dropped before it got there;
  /// where the system keeps files in large folios it counts a folio whole for each page changed
  std::uint64_t call_bytes = 0;    ///< handed to write(2) and its kin, to whatever file
  std::uint64_t minor_faults = 0;  ///< pages that were in memory
  std::uint64_t major_faults = 0;  ///< pages that had to be read
  bool counted = false;            ///< false: the system does not tell bytes here

  friend ProcessIo operator+(const ProcessIo& a, const ProcessIo& b) noexcept {
    return {a.read_bytes + b.read_bytes,     a.written_bytes + b.written_bytes,
            a.call_bytes + b.call_bytes,     a.minor_faults + b.minor_faults,
            a.major_faults + b.major_faults, a.counted || b.counted};
  }

  friend ProcessIo operator-(const ProcessIo& a, const ProcessIo& b) noexcept {
    return {a.read_bytes - b.read_bytes,     a.written_bytes - b.written_bytes,
            a.call_bytes - b.call_bytes,     a.minor_faults - b.minor_faults,
            a.major_faults - b.major_faults, a.counted && b.counted};
  }
};

ProcessIo process_io();

}  // namespace skerry::experiments
