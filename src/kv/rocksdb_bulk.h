#pragma once
// Bulk loads of a RocksDB database.

#include <memory>
#include <span>

#include "kv/rocksdb_database.h"
#include "kv/store.h"

namespace skerry::kv {

/// Sorted files outside of the database until publish() takes all of them in at once.
std::unique_ptr<Bulk> rocksdb_bulk(RocksdbDatabase& database, std::span<const TableId> tables);

}  // namespace skerry::kv
