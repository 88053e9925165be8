#include "kv/rocksdb_status.h"

#include <fmt/format.h>
#include <rocksdb/status.h>

namespace skerry::kv {

Code rocksdb_code(const rocksdb::Status& status) noexcept {
  if (status.ok()) return Code::ok;
  if (status.IsNotFound()) return Code::not_found;
  if (status.IsCorruption()) return Code::corrupt;
  if (status.IsNoSpace()) return Code::no_space;
  if (status.IsBusy() || status.IsTimedOut() || status.IsTryAgain()) return Code::busy;
  if (status.IsInvalidArgument()) return Code::invalid_argument;
  if (status.IsNotSupported()) return Code::unsupported;
  return Code::io;
}

void check_rocksdb(const rocksdb::Status& status, std::string_view doing,
                   const std::filesystem::path& path) {
  if (status.ok()) return;
  Code code = rocksdb_code(status);
  const std::string text = status.ToString();
  // The lock of another process comes as an I/O error without a code of its own.
  if (code == Code::io && text.find("lock") != std::string::npos) code = Code::busy;
  if (code == Code::io && text.find("No such file") != std::string::npos) code = Code::corrupt;
  throw Error(code, fmt::format("{}: {}", doing, text), {.path = path.string()});
}

}  // namespace skerry::kv
