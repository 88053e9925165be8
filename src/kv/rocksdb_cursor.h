#pragma once
// Cursors over RocksDB's iterators.

#include <memory>

#include "kv/store.h"

namespace rocksdb {
class Iterator;
}

namespace skerry::kv {

/// `closed`, where given, tells that the transaction behind the iterator has ended.
std::unique_ptr<Cursor> rocksdb_cursor(std::unique_ptr<rocksdb::Iterator> iterator,
                                       const bool* closed);

}  // namespace skerry::kv
