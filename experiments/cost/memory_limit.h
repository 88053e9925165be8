#pragma once
// A bound on the memory that a part of this process's work may take, by the system's control
// groups.

#include <cstdint>
#include <filesystem>

namespace skerry::experiments {

/// While one lives, what this process newly takes counts against the limit: its own memory and the
/// cached pages of files that it reads first. What it held before does not. The group is a child of
/// the one the process is in, and is removed at the end; a process that is killed leaves an empty
/// group behind, which the next limit of any process removes.
class MemoryLimit {
 public:
  /// Throws Error{unsupported} that says why, where groups may not be made: no control groups, no
  /// right to write them.
  explicit MemoryLimit(std::uint64_t bytes);
  ~MemoryLimit();
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  std::filesystem::path home_;   ///< the group that the process came from
  std::filesystem::path group_;  ///< ours
};

}  // namespace skerry::experiments
