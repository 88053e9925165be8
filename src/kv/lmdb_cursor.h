#pragma once
// Cursors of LMDB transactions.

#include <memory>

#include "kv/store.h"

struct MDB_txn;

namespace skerry::kv {

/// `closed`, where given, tells that the transaction behind it has ended (LMDB then has closed the
/// cursor of a writer itself).
std::unique_ptr<Cursor> lmdb_cursor(MDB_txn* txn, TableId table, const bool* closed);

}  // namespace skerry::kv
