#pragma once
// The store over RocksDB: tables are column families.

#include <memory>

#include "kv/store.h"

namespace skerry::kv {

/// Opens the database in the directory `options.path`. Read-write: views live in their Scope
/// (pinned slices). Read-only: files are mapped, nothing is compressed or checked on read, so that
/// views live as long as the snapshot; a database with writes that only its log holds is refused
/// (close it read-write once: closing flushes). Durability::none is served as `process`: the log is
/// always on, since without it several column families have no common commit.
std::unique_ptr<Store> open_rocksdb_store(const StoreOptions& options);

/// Throws Error{invalid_argument} unless it is none, lz4, zstd or snappy and the library has it.
void check_rocksdb_compression(std::string_view name);

/// "7.8.3".
std::string_view rocksdb_version();

}  // namespace skerry::kv
