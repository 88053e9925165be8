#pragma once
// What RocksDB's answers are in skerry's words.

#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace rocksdb {
class Status;
}

namespace skerry::kv {

Code rocksdb_code(const rocksdb::Status& status) noexcept;

/// Throws unless `status` is ok; the message says what was being done, and where.
void check_rocksdb(const rocksdb::Status& status, std::string_view doing,
                   const std::filesystem::path& path);

}  // namespace skerry::kv
