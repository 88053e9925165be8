// The named databases of an LMDB environment.

#include <lmdb.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "kv/lmdb_environment.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"

namespace skerry::kv {

std::optional<TableId> LmdbEnvironment::find(std::string_view name) {
  const std::lock_guard guard(names_mutex_);
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<TableId>(found - names_.begin());
}

TableId LmdbEnvironment::table(std::string_view name) {
  check_table_name(name);
  if (const auto known = find(name)) return *known;
  const std::string copy(name);
  MDB_dbi dbi = 0;
  // A handle becomes valid when the transaction that opened it commits.
  const auto open = [&](MDB_txn* txn, unsigned flags) {
    const int rc = mdb_dbi_open(txn, copy.c_str(), flags, &dbi);
    if (rc != MDB_SUCCESS) {
      mdb_txn_abort(txn);
      if (rc == MDB_NOTFOUND) {
        throw Error(Code::not_found, "the store has no such table",
                    {.path = path_.string(), .table = copy});
      }
      fail_lmdb(rc, "cannot open table " + copy, path_);
    }
    check_lmdb(mdb_txn_commit(txn), "cannot open table " + copy, path_);
  };
  if (options_.read_only) {
    const std::lock_guard guard(resize_);
    MDB_txn* txn = nullptr;
    check_lmdb(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot open table " + copy, path_);
    open(txn, 0);
  } else {
    const WriterLock::Hold hold(writer_);
    open(begin_writing(), MDB_CREATE);
  }
  const std::lock_guard guard(names_mutex_);
  if (dbi >= names_.size()) names_.resize(dbi + 1);
  names_[dbi] = copy;
  return static_cast<TableId>(dbi);
}

bool LmdbEnvironment::has_table(std::string_view name) {
  if (!legal_table_name(name)) return false;
  if (find(name)) return true;
  const std::lock_guard guard(resize_);
  MDB_txn* txn = nullptr;
  check_lmdb(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot look for a table", path_);
  // A named database is a record of the main one.
  MDB_dbi main = 0;
  int rc = mdb_dbi_open(txn, nullptr, 0, &main);
  if (rc == MDB_SUCCESS) {
    MDB_val key = lmdb_val(as_bytes(name));
    MDB_val value;
    rc = mdb_get(txn, main, &key, &value);
  }
  mdb_txn_abort(txn);
  if (rc == MDB_NOTFOUND) return false;
  check_lmdb(rc, "cannot look for a table", path_);
  return true;
}

std::vector<std::string> LmdbEnvironment::tables() {
  std::vector<std::string> names;
  const std::lock_guard guard(resize_);
  MDB_txn* txn = nullptr;
  check_lmdb(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot list tables", path_);
  MDB_dbi main = 0;
  MDB_cursor* cursor = nullptr;
  int rc = mdb_dbi_open(txn, nullptr, 0, &main);
  if (rc == MDB_SUCCESS) rc = mdb_cursor_open(txn, main, &cursor);
  if (rc == MDB_SUCCESS) {
    MDB_val key;
    MDB_val value;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      names.emplace_back(as_text(lmdb_bytes(key)));
    }
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  check_lmdb(rc, "cannot list tables", path_);
  return names;
}

std::size_t LmdbEnvironment::table_ids() {
  const std::lock_guard guard(names_mutex_);
  return names_.size();
}

Code LmdbEnvironment::look_up(MDB_txn* txn, TableId table, Committed& found) noexcept {
  const MDB_dbi dbi = lmdb_dbi(table);
  MDB_val value;
  {
    const std::lock_guard guard(names_mutex_);
    if (dbi >= names_.size() || names_[dbi].empty()) return Code::invalid_argument;
    // A named database is a record of the main one.
    MDB_dbi main = 0;
    int rc = mdb_dbi_open(txn, nullptr, 0, &main);
    MDB_val key = lmdb_val(as_bytes(names_[dbi]));
    if (rc == MDB_SUCCESS) rc = mdb_get(txn, main, &key, &value);
    if (rc == MDB_NOTFOUND) return Code::invalid_argument;
    if (rc != MDB_SUCCESS) return lmdb_code(rc);
  }
  if (value.mv_size != lmdb::Tree::bytes) return Code::corrupt;
  // Has LMDB read the head, too; refused where the handle is younger than the transaction.
  MDB_stat stat;
  if (const int rc = mdb_stat(txn, dbi, &stat); rc != MDB_SUCCESS) return lmdb_code(rc);
  const auto* head = static_cast<const std::byte*>(value.mv_data);
  found.tree = lmdb::Tree::load(head);
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  // Another process may have grown file and map since.
  found.map = {nullptr, page_size_,
               std::min<std::uint64_t>(info.me_last_pgno + 1, info.me_mapsize / page_size_)};
  // LMDB 0.9 does not tell where its map begins, but each page of it tells its own number, and
  // begins at a multiple of its size unless that is above the system's.
  if (page_size_ <= static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    const std::byte* page = head - reinterpret_cast<std::uintptr_t>(head) % page_size_;
    found.map.data = page - load<std::uint64_t>(page) * page_size_;
  }
  return Code::ok;
}

void LmdbEnvironment::reopen_tables() {
  // Handles are numbered in the order of opening, so that this order keeps every TableId.
  MDB_txn* txn = nullptr;
  check_lmdb(mdb_txn_begin(env_, nullptr, options_.read_only ? unsigned{MDB_RDONLY} : 0U, &txn),
             "cannot reopen", path_);
  for (std::size_t dbi = 0; dbi < names_.size(); ++dbi) {
    const std::string& name = names_[dbi];
    if (name.empty()) continue;
    MDB_dbi again = 0;
    const int rc = mdb_dbi_open(txn, name.c_str(), 0, &again);
    if (rc != MDB_SUCCESS || again != dbi) {
      mdb_txn_abort(txn);
      fail_lmdb(rc == MDB_SUCCESS ? MDB_BAD_DBI : rc, "cannot reopen table " + name, path_);
    }
  }
  check_lmdb(mdb_txn_commit(txn), "cannot reopen", path_);
}

}  // namespace skerry::kv
