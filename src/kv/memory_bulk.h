#pragma once
// Bulk loads of a memory store.

#include <memory>
#include <span>

#include "kv/memory_versions.h"
#include "kv/store.h"

namespace skerry::kv {

/// Collects records in large blocks and makes full leaves of them at the end.
std::unique_ptr<Bulk> memory_bulk(MemoryVersions& versions, std::span<const TableId> tables);

}  // namespace skerry::kv
