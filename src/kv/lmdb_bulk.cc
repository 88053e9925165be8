#include "kv/lmdb_bulk.h"

#include <lmdb.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"
#include "kv/write_back.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

class LmdbBulk final : public Bulk {
 public:
  LmdbBulk(LmdbEnvironment& environment, std::span<const TableId> tables)
      : hold_(environment.writer()), environment_(&environment), txn_(environment.begin_writing()) {
    for (const TableId table : tables) {
      MDB_stat stat;
      MDB_cursor* cursor = nullptr;
      int rc = mdb_stat(txn_, lmdb_dbi(table), &stat);
      if (rc == MDB_SUCCESS) rc = mdb_cursor_open(txn_, lmdb_dbi(table), &cursor);
      if (rc != MDB_SUCCESS || stat.ms_entries != 0) {
        mdb_txn_abort(txn_);
        if (rc != MDB_SUCCESS) fail_lmdb(rc, "cannot load into this table", environment.path());
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.path = environment.path().string()});
      }
      ends_.push_back({table, cursor});
    }
  }

  ~LmdbBulk() override {
    if (!closed_) mdb_txn_abort(txn_);
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto end = std::find_if(ends_.begin(), ends_.end(),
                                  [&](const End& candidate) { return candidate.table == table; });
    if (end == ends_.end()) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    MDB_val k = lmdb_val(key);
    MDB_val v = lmdb_val(value);
    const int rc = mdb_cursor_put(end->cursor, &k, &v, MDB_APPEND);
    if (rc == MDB_SUCCESS) return Code::ok;
    if (rc == MDB_KEYEXIST) return Code::invalid_argument;  // not above the last key
    if (rc == MDB_MAP_FULL) environment_->map_filled();
    if (failed_ == MDB_SUCCESS) failed_ = rc;
    return lmdb_code(rc);
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    closed_ = true;
    if (failed_ != MDB_SUCCESS) {
      mdb_txn_abort(txn_);
      fail_lmdb(failed_, "the bulk load failed and changed nothing", environment_->path());
    }
    {
      const WriteBack early(environment_->data_file());
      environment_->commit(txn_, Durability::power);
    }
    hold_.release();
  }

 private:
  // Ends with the transaction, which closes it.
  struct End {
    TableId table;
    MDB_cursor* cursor;
  };

  WriterLock::Hold hold_;
  LmdbEnvironment* environment_;
  MDB_txn* txn_;
  std::vector<End> ends_;
  bool closed_ = false;
  int failed_ = MDB_SUCCESS;
};

}  // namespace

std::unique_ptr<Bulk> lmdb_bulk(LmdbEnvironment& environment, std::span<const TableId> tables) {
  return std::make_unique<LmdbBulk>(environment, tables);
}

}  // namespace skerry::kv
