#include "kv/lmdb_status.h"

#include <fmt/format.h>
#include <lmdb.h>

#include <cerrno>

namespace skerry::kv {

Code lmdb_code(int rc) noexcept {
  switch (rc) {
    case MDB_SUCCESS: return Code::ok;
    case MDB_NOTFOUND: return Code::not_found;
    case MDB_MAP_FULL:
    case MDB_DBS_FULL:
    case MDB_READERS_FULL:
    case MDB_TXN_FULL: return Code::full;
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_PANIC:
    case MDB_INVALID: return Code::corrupt;
    case MDB_VERSION_MISMATCH: return Code::version;
    case MDB_BAD_VALSIZE: return Code::key_size;
    case MDB_MAP_RESIZED:
    case EBUSY:
    case EAGAIN: return Code::busy;
    case ENOSPC:
    case EDQUOT: return Code::no_space;
    case ENOENT: return Code::not_found;
    case MDB_INCOMPATIBLE:
    case MDB_BAD_DBI:
    case EINVAL: return Code::invalid_argument;
    case MDB_BAD_TXN: return Code::closed;
    default: return Code::io;
  }
}

void fail_lmdb(int rc, std::string_view doing, const std::filesystem::path& path) {
  throw Error(lmdb_code(rc), fmt::format("{}: {}", doing, mdb_strerror(rc)),
              {.path = path.string()});
}

}  // namespace skerry::kv
