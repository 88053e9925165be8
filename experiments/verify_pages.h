#pragma once
// The walk over the pages of an LMDB file in a process of its own, with bounds on time and memory:
// `skerry index verify` runs it before it opens the store.

#include <cstdint>
#include <filesystem>
#include <functional>

#include "experiments/interrupt.h"
#include "kv/lmdb_pages.h"

namespace skerry::experiments {

struct WalkLimits {
  double seconds = 3600;
  /// What the walk may map on top of the program; 0: 256 MiB and 64 bytes for each 4 KiB of the
  /// file, which is enough for any whole file.
  std::uint64_t memory_bytes = 0;
};

using PageWalker = std::function<kv::PageWalk(const std::filesystem::path& file)>;

/// What `walk` finds in `file`. Its end by a signal, the time or the memory limit is one more
/// fault, of the table "(walk)", that says so; what the walk had found until then is lost.
/// Throws Error: not_found, io when the file cannot be opened; busy when it was written to
/// meanwhile; cancelled by an interrupt. The caller must have one thread only.
kv::PageWalk verify_pages(
    const InterruptGuard& guard, const std::filesystem::path& file, const WalkLimits& limits = {},
    const PageWalker& walk = [](const auto& path) { return kv::walk_lmdb_pages(path); });

}  // namespace skerry::experiments
