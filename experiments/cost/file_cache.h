#pragma once
// What of a store's files the system holds in memory, and how to make it let go.

#include <filesystem>

namespace skerry::experiments {

/// Writes what is dirty and asks the system to drop the cached pages of all files below
/// `directory`. Pages that a process has mapped stay (posix_fadvise does not touch them), so the
/// store must be closed: resident_share() tells. Throws Error{io, not_found}.
void evict(const std::filesystem::path& directory);

/// Share of the pages of all files below `directory` that lie in memory, as mincore() on a fresh
/// mapping sees it; 0 when there are none. Throws Error{io, not_found}.
double resident_share(const std::filesystem::path& directory);

/// Below this a store counts as cold.
inline constexpr double cold_share = 0.01;

}  // namespace skerry::experiments
