#include "kv/lmdb_transaction.h"

#include <lmdb.h>

#include <cerrno>

#include "base/error.h"
#include "kv/lmdb_cursor.h"
#include "kv/lmdb_snapshot.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

class LmdbTransaction final : public Transaction {
 public:
  explicit LmdbTransaction(LmdbEnvironment& environment)
      : hold_(environment.writer()),
        environment_(&environment),
        txn_(environment.begin_writing()) {}

  ~LmdbTransaction() override { abort(); }

  Code get(TableId table, Key key, Scope&, View& view) const override {
    view = {};
    return closed_ ? Code::closed : lmdb_get(txn_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return closed_ ? Code::closed : lmdb_multi_get(txn_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    return lmdb_cursor(txn_, table, &closed_);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

  Code put(TableId table, Key key, Bytes value) override { return write(table, key, value, 0); }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    MDB_val value{size, nullptr};
    const Code code = write(table, key, value, MDB_RESERVE);
    if (code == Code::ok) out = {static_cast<std::byte*>(value.mv_data), size};
    return code;
  }

  Code append(TableId table, Key key, Bytes value) override {
    // MDB_APPEND replaces the last record when the key equals its key; the contract refuses that.
    View present;
    if (!closed_ && lmdb_get(txn_, table, key, present) == Code::ok) return Code::invalid_argument;
    return write(table, key, value, MDB_APPEND);
  }

  Code erase(TableId table, Key key) override {
    if (closed_) return Code::closed;
    if (!legal_key(key)) return Code::key_size;
    MDB_val k = lmdb_val(key);
    const int rc = mdb_del(txn_, lmdb_dbi(table), &k, nullptr);
    return rc == MDB_NOTFOUND ? Code::ok : finish(rc);
  }

  Code erase_range(TableId table, Key from, Key to) override {
    if (closed_) return Code::closed;
    MDB_cursor* cursor = nullptr;
    if (const int rc = mdb_cursor_open(txn_, lmdb_dbi(table), &cursor); rc != 0) return finish(rc);
    MDB_val key = lmdb_val(from);
    MDB_val value;
    int rc = mdb_cursor_get(cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
    while (rc == MDB_SUCCESS && (to.empty() || key_less(lmdb_bytes(key), to))) {
      rc = mdb_cursor_del(cursor, 0);
      if (rc == MDB_SUCCESS) rc = mdb_cursor_get(cursor, &key, &value, MDB_GET_CURRENT);
      // Behind the last record GET_CURRENT has nothing to stand on.
      if (rc == EINVAL) rc = MDB_NOTFOUND;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? Code::ok : finish(rc);
  }

  void commit(Durability durability) override {
    if (closed_) throw Error(Code::closed, "the transaction has ended already");
    closed_ = true;
    if (failed_ != MDB_SUCCESS) {
      mdb_txn_abort(txn_);
      hold_.release();
      fail_lmdb(failed_, "the transaction failed before its commit and changed nothing",
                environment_->path());
    }
    try {
      environment_->commit(txn_, durability);
    } catch (...) {
      hold_.release();
      throw;
    }
    hold_.release();
  }

  void abort() noexcept override {
    if (closed_) return;
    closed_ = true;
    mdb_txn_abort(txn_);
    hold_.release();
  }

 private:
  Code write(TableId table, Key key, MDB_val& value, unsigned flags) {
    if (closed_) return Code::closed;
    if (!legal_key(key)) return Code::key_size;
    if (value.mv_size > max_value_size) return Code::invalid_argument;
    MDB_val k = lmdb_val(key);
    const int rc = mdb_put(txn_, lmdb_dbi(table), &k, &value, flags);
    if (rc == MDB_KEYEXIST) return Code::invalid_argument;  // MDB_APPEND below the last key
    return finish(rc);
  }

  Code write(TableId table, Key key, Bytes bytes, unsigned flags) {
    MDB_val value = lmdb_val(bytes);
    return write(table, key, value, flags);
  }

  /// LMDB leaves a transaction unusable after some failures; it then can only be given up.
  Code finish(int rc) {
    if (rc == MDB_MAP_FULL) environment_->map_filled();
    if (rc != MDB_SUCCESS && rc != MDB_BAD_VALSIZE && rc != EINVAL && failed_ == MDB_SUCCESS) {
      failed_ = rc;
    }
    return lmdb_code(rc);
  }

  WriterLock::Hold hold_;
  LmdbEnvironment* environment_;
  MDB_txn* txn_;
  bool closed_ = false;
  int failed_ = MDB_SUCCESS;
};

}  // namespace

std::unique_ptr<Transaction> lmdb_transaction(LmdbEnvironment& environment) {
  return std::make_unique<LmdbTransaction>(environment);
}

}  // namespace skerry::kv
