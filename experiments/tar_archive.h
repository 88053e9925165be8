#pragma once
// Takes files out of an archive.

#include <filesystem>
#include <span>
#include <string>

namespace skerry::experiments {

struct Member {
  std::string name;              ///< without the folders that it has in the archive
  std::filesystem::path target;  ///< where to write it; replaced when it exists
};

/// Writes the members of a tar archive (also compressed) that are asked for, and nothing else: no
/// name in the archive decides where a file is written. Throws Error: not_found, io, no_space;
/// corrupt for a damaged archive, and for one that lacks a member. Targets may then be left in
/// part.
void extract_members(const std::filesystem::path& archive, std::span<const Member> members);

}  // namespace skerry::experiments
