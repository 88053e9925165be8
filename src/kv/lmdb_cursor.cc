#include "kv/lmdb_cursor.h"

#include <lmdb.h>

#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"

namespace skerry::kv {

namespace {

class LmdbCursor final : public Cursor {
 public:
  LmdbCursor(MDB_txn* txn, TableId table, const bool* closed) : closed_(closed) {
    if (closed_ && *closed_) return;
    failure_ = mdb_cursor_open(txn, lmdb_dbi(table), &cursor_);
  }

  ~LmdbCursor() override {
    if (cursor_ && !(closed_ && *closed_)) mdb_cursor_close(cursor_);
  }

  Code seek(Key key) override {
    prefix_.clear();
    if (key.empty()) return go(MDB_FIRST);
    key_ = lmdb_val(key);
    return go(MDB_SET_RANGE);
  }

  Code seek_prefix(Key prefix) override {
    const Code code = seek(prefix);
    prefix_.assign(prefix.begin(), prefix.end());
    return code == Code::ok ? check_prefix() : code;
  }

  // A record costs LMDB a dozen nanoseconds; each test here would show.
  Code next() override {
    if (closed_ && *closed_) return Code::closed;
    if (!placed_) return Code::not_found;
    if (mdb_cursor_get(cursor_, &key_, &value_, MDB_NEXT) != MDB_SUCCESS) return go(MDB_NEXT);
    return prefix_.empty() ? Code::ok : check_prefix();
  }

  Key key() const override { return placed_ ? lmdb_bytes(key_) : Key{}; }

  View value() const override { return placed_ ? lmdb_view(value_) : View{}; }

 private:
  Code go(MDB_cursor_op operation) {
    placed_ = false;
    if (closed_ && *closed_) return Code::closed;
    if (cursor_ == nullptr) return lmdb_code(failure_);
    const int rc = mdb_cursor_get(cursor_, &key_, &value_, operation);
    if (rc != MDB_SUCCESS) return rc == EINVAL ? Code::not_found : lmdb_code(rc);
    placed_ = true;
    return check_prefix();
  }

  Code check_prefix() {
    if (starts_with(lmdb_bytes(key_), prefix_)) return Code::ok;
    placed_ = false;
    return Code::not_found;
  }

  MDB_cursor* cursor_ = nullptr;
  int failure_ = MDB_BAD_TXN;
  const bool* closed_;
  MDB_val key_{};
  MDB_val value_{};
  bool placed_ = false;
  std::vector<std::byte> prefix_;
};

}  // namespace

std::unique_ptr<Cursor> lmdb_cursor(MDB_txn* txn, TableId table, const bool* closed) {
  return std::make_unique<LmdbCursor>(txn, table, closed);
}

}  // namespace skerry::kv
