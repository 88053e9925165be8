#pragma once
// RocksDB's settings, as StoreOptions ask for them.

#include <memory>
#include <string_view>

#include "kv/store.h"

namespace rocksdb {
class Cache;
struct ColumnFamilyOptions;
struct DBOptions;
}  // namespace rocksdb

namespace skerry::kv {

/// Whether files are mapped, and values stay in place.
bool rocksdb_mapped(const StoreOptions& options) noexcept;

rocksdb::DBOptions rocksdb_db_options(const StoreOptions& options);

/// Of every table. options.compression has passed check_rocksdb_compression().
rocksdb::ColumnFamilyOptions rocksdb_family_options(const StoreOptions& options,
                                                    std::shared_ptr<rocksdb::Cache> cache);

}  // namespace skerry::kv
