#pragma once
// One try of a download: what is asked of the server, and what becomes of its answer.

#include <cstdint>

#include "experiments/download.h"

namespace skerry::experiments {

enum class TransferEnd : std::uint8_t {
  complete,
  cut,      ///< the connection ended before all bytes had come
  changed,  ///< the file on the server is not the one that the part began with
};

struct TransferResult {
  TransferEnd end = TransferEnd::complete;
  bool resumable = false;      ///< after a cut: the next try goes on from here
  std::uint64_t received = 0;  ///< bytes that this try has added
};

/// Asks for what `part` lacks, and appends it. Throws as download() does.
TransferResult transfer(const Download& download, const DownloadLimits& limits,
                        const Progress& progress);

}  // namespace skerry::experiments
