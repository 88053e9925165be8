#pragma once
// Snapshots of a memory store, and the reads that they share with transactions.

#include <memory>
#include <span>

#include "kv/memory_versions.h"
#include "kv/store.h"

namespace skerry::kv {

Code memory_get(const MemoryState& state, TableId table, Key key, View& view);

Code memory_multi_get(const MemoryState& state, TableId table, std::span<const Key> keys,
                      std::span<View> views);

/// Over one version of a table, which it holds. `closed`, where given, tells that the transaction
/// behind the tree has ended.
std::unique_ptr<Cursor> memory_cursor(PersistentTree tree, const bool* closed);

std::unique_ptr<Snapshot> memory_snapshot(const MemoryVersions& versions);

}  // namespace skerry::kv
