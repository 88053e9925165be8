#pragma once
// What LMDB's return codes are in skerry's words.

#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace skerry::kv {

Code lmdb_code(int rc) noexcept;

/// The message says what was being done, and where.
[[noreturn]] void fail_lmdb(int rc, std::string_view doing, const std::filesystem::path& path);

/// Throws unless `rc` is MDB_SUCCESS.
inline void check_lmdb(int rc, std::string_view doing, const std::filesystem::path& path) {
  if (rc != 0) fail_lmdb(rc, doing, path);
}

}  // namespace skerry::kv
