#pragma once
// Snapshots of a RocksDB database.

#include <memory>

#include "kv/rocksdb_database.h"
#include "kv/store.h"

namespace skerry::kv {

/// `database` must outlive the snapshot.
std::unique_ptr<Snapshot> rocksdb_snapshot(RocksdbDatabase& database);

}  // namespace skerry::kv
