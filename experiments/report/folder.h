#pragma once
// Folders and texts that an export writes.

#include <filesystem>
#include <string_view>

namespace skerry::experiments {

/// With all above it. Throws Error{io} when it neither is there nor can be made.
void make_folder(const std::filesystem::path& folder);

/// The file appears complete or not at all. Throws Error: not_found, io, no_space.
void write_text(const std::filesystem::path& file, std::string_view text);

}  // namespace skerry::experiments
