#pragma once
// Transactions of a RocksDB database: one indexed write batch over all tables.

#include <memory>

#include "kv/rocksdb_database.h"
#include "kv/store.h"

namespace skerry::kv {

/// Waits for the other writer. Throws unsupported on a read-only database, which must outlive the
/// transaction.
std::unique_ptr<Transaction> rocksdb_transaction(RocksdbDatabase& database);

}  // namespace skerry::kv
