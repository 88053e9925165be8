#pragma once
// The part of Store::verify() that is the same for all engines.

#include <cstdint>
#include <filesystem>

#include "kv/store.h"

namespace skerry::kv {

/// Walks every table of `store` from its first record to its last; returns the records seen. Throws
/// Error{corrupt}, which names `path` and the table, where a walk breaks off.
std::uint64_t read_through(Store& store, const std::filesystem::path& path);

}  // namespace skerry::kv
