#include "kv/lmdb_bulk.h"

#include <lmdb.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

class LmdbBulk final : public Bulk {
 public:
  LmdbBulk(LmdbEnvironment& environment, std::span<const TableId> tables)
      : hold_(environment.writer()), environment_(&environment), txn_(environment.begin_writing()) {
    for (const TableId table : tables) {
      MDB_stat stat;
      const int rc = mdb_stat(txn_, lmdb_dbi(table), &stat);
      if (rc != MDB_SUCCESS || stat.ms_entries != 0) {
        mdb_txn_abort(txn_);
        if (rc != MDB_SUCCESS) fail_lmdb(rc, "cannot load into this table", environment.path());
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.path = environment.path().string()});
      }
    }
    allowed_.assign(tables.begin(), tables.end());
    last_.resize(tables.size());
  }

  ~LmdbBulk() override {
    if (!closed_) mdb_txn_abort(txn_);
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto found = std::find(allowed_.begin(), allowed_.end(), table);
    if (found == allowed_.end()) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    // MDB_APPEND compares with the last key only loosely (an equal key replaces).
    std::vector<std::byte>& last = last_[static_cast<std::size_t>(found - allowed_.begin())];
    if (!key_less(last, key)) return Code::invalid_argument;
    MDB_val k = lmdb_val(key);
    MDB_val v = lmdb_val(value);
    const int rc = mdb_put(txn_, lmdb_dbi(table), &k, &v, MDB_APPEND);
    if (rc == MDB_MAP_FULL) environment_->map_filled();
    if (rc != MDB_SUCCESS) {
      failed_ = failed_ == MDB_SUCCESS ? rc : failed_;
      return lmdb_code(rc);
    }
    last.assign(key.begin(), key.end());
    return Code::ok;
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    closed_ = true;
    if (failed_ != MDB_SUCCESS) {
      mdb_txn_abort(txn_);
      fail_lmdb(failed_, "the bulk load failed and changed nothing", environment_->path());
    }
    environment_->commit(txn_, Durability::power);
    hold_.release();
  }

 private:
  WriterLock::Hold hold_;
  LmdbEnvironment* environment_;
  MDB_txn* txn_;
  std::vector<TableId> allowed_;
  std::vector<std::vector<std::byte>> last_;
  bool closed_ = false;
  int failed_ = MDB_SUCCESS;
};

}  // namespace

std::unique_ptr<Bulk> lmdb_bulk(LmdbEnvironment& environment, std::span<const TableId> tables) {
  return std::make_unique<LmdbBulk>(environment, tables);
}

}  // namespace skerry::kv
