#pragma once
// Putting another data file in the place of an LMDB store's, with nothing of anybody's lost.

#include <filesystem>
#include <vector>

#include "base/bytes.h"

namespace skerry::experiments {

/// Throws Error{busy} when another process has the store in `directory` open, for reading or
/// writing. This process must not.
void require_alone(const std::filesystem::path& directory);

/// The newest meta page of the store's data file: it changes with every commit. Throws Error:
/// not_found, io, corrupt.
std::vector<std::byte> newest_meta(const std::filesystem::path& directory);

/// Brings `file` to the disk and renames it to the store's data file; whenever this ends, the store
/// is the old or the new one. Throws Error: busy when another process has the store open, or has
/// committed since newest_meta() was `seen`; io. Nothing is changed then.
void swap_data_file(const std::filesystem::path& directory, const std::filesystem::path& file,
                    const std::vector<std::byte>& seen);

}  // namespace skerry::experiments
