#pragma once
// Snapshots of an LMDB environment, and the reads that they share with transactions.

#include <memory>
#include <span>

#include "kv/lmdb_environment.h"
#include "kv/store.h"

namespace skerry::kv {

Code lmdb_get(MDB_txn* txn, TableId table, Key key, View& view) noexcept;

Code lmdb_multi_get(MDB_txn* txn, TableId table, std::span<const Key> keys,
                    std::span<View> views) noexcept;

/// `environment` must outlive the snapshot.
std::unique_ptr<Snapshot> lmdb_snapshot(LmdbEnvironment& environment);

}  // namespace skerry::kv
