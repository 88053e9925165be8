#pragma once
// What is remembered of the beginning of a download, to be sure that its end belongs to it.

#include <cstdint>
#include <filesystem>
#include <string>

namespace skerry::experiments {

struct PartSource {
  std::string url;
  std::string validator;    ///< for If-Range; empty: the download cannot be resumed
  std::uint64_t total = 0;  ///< length of the whole file; 0: unknown
};

/// Of the file `part` + ".source". An empty url when there is none, or a damaged one.
PartSource read_part_source(const std::filesystem::path& part);

/// Removes `part` first: bytes of an older file must not come to stand under the new one's name.
/// Throws Error: no_space, io.
void write_part_source(const std::filesystem::path& part, const PartSource& source);

/// Removes `part` and what is remembered of it.
void forget_download(const std::filesystem::path& part);

}  // namespace skerry::experiments
