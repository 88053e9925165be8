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
  const std::lock_guard guard(tables_mutex_);
  for (const auto& [known, dbi] : tables_) {
    if (known == name) return static_cast<TableId>(dbi);
  }
  return std::nullopt;
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
  const std::lock_guard guard(tables_mutex_);
  tables_.emplace_back(copy, dbi);
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

LmdbEnvironment::Trees LmdbEnvironment::trees(MDB_txn* txn) {
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  Trees trees;
  // Another process may have grown file and map since.
  trees.map = {nullptr, page_size_,
               std::min<std::uint64_t>(info.me_last_pgno + 1, info.me_mapsize / page_size_)};
  // A named database is a record of the main one.
  MDB_dbi main = 0;
  check_lmdb(mdb_dbi_open(txn, nullptr, 0, &main), "cannot read the tables", path_);
  const std::lock_guard guard(tables_mutex_);
  for (const auto& [name, dbi] : tables_) {
    MDB_val key = lmdb_val(as_bytes(name));
    MDB_val value;
    const int rc = mdb_get(txn, main, &key, &value);
    if (rc == MDB_NOTFOUND) continue;
    check_lmdb(rc, "cannot read table " + name, path_);
    if (value.mv_size != lmdb::Tree::bytes) {
      throw Error(Code::corrupt, "the head of a table has another size",
                  {.path = path_.string(), .table = name});
    }
    const auto* head = static_cast<const std::byte*>(value.mv_data);
    if (dbi >= trees.heads.size()) trees.heads.resize(dbi + 1);
    trees.heads[dbi] = lmdb::Tree::load(head);
    // LMDB 0.9 does not tell where its map begins, but each page of it tells its own number, and
    // begins at a multiple of its size unless that is above the system's.
    if (page_size_ > static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) continue;
    const std::byte* page = head - reinterpret_cast<std::uintptr_t>(head) % page_size_;
    trees.map.data = page - load<std::uint64_t>(page) * page_size_;
  }
  return trees;
}

void LmdbEnvironment::reopen_tables() {
  // Handles are numbered in the order of opening; the same order keeps every TableId.
  MDB_txn* txn = nullptr;
  check_lmdb(mdb_txn_begin(env_, nullptr, options_.read_only ? unsigned{MDB_RDONLY} : 0U, &txn),
             "cannot reopen", path_);
  for (const auto& [name, dbi] : tables_) {
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
