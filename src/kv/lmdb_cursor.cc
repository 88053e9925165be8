#include "kv/lmdb_cursor.h"

#include <lmdb.h>

#include <cstdint>

#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"

namespace skerry::kv {

namespace {

// How far ahead of a scan the processor is told of records, in bytes: four usual pages.
constexpr std::uintptr_t ahead = std::uintptr_t{4} * 4096;

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
    return go(MDB_SET_RANGE, lmdb_val(key));
  }

  Code seek_prefix(Key prefix) override {
    const Code code = seek(prefix);
    prefix_.assign(prefix.begin(), prefix.end());
    return code == Code::ok ? check_prefix() : code;
  }

  Code next() override {
    if (closed_ && *closed_) return nowhere(Code::closed);
    if (!placed()) return Code::not_found;
    MDB_val key;
    MDB_val value;
    if (const int rc = mdb_cursor_get(cursor_, &key, &value, MDB_NEXT); rc != MDB_SUCCESS) {
      return nowhere(lmdb_code(rc));
    }
    // Leaves that were loaded in order follow each other in the file, their records at like places.
    const auto coming = reinterpret_cast<std::uintptr_t>(value.mv_data) + ahead;
    __builtin_prefetch(reinterpret_cast<const void*>(coming));
    __builtin_prefetch(reinterpret_cast<const void*>(coming & ~std::uintptr_t{4095}));  // its page
    stand(lmdb_bytes(key), lmdb_view(value));
    return prefix_.empty() ? Code::ok : check_prefix();
  }

 private:
  Code go(MDB_cursor_op operation, MDB_val key = {}) {
    if (closed_ && *closed_) return nowhere(Code::closed);
    if (cursor_ == nullptr) return nowhere(lmdb_code(failure_));
    MDB_val value;
    const int rc = mdb_cursor_get(cursor_, &key, &value, operation);
    if (rc != MDB_SUCCESS) return nowhere(rc == EINVAL ? Code::not_found : lmdb_code(rc));
    stand(lmdb_bytes(key), lmdb_view(value));
    return check_prefix();
  }

  Code check_prefix() { return starts_with(key(), prefix_) ? Code::ok : nowhere(Code::not_found); }

  Code nowhere(Code code) {
    stand_nowhere();
    return code;
  }

  MDB_cursor* cursor_ = nullptr;
  int failure_ = MDB_BAD_TXN;
  const bool* closed_;
  std::vector<std::byte> prefix_;
};

}  // namespace

std::unique_ptr<Cursor> lmdb_cursor(MDB_txn* txn, TableId table, const bool* closed) {
  return std::make_unique<LmdbCursor>(txn, table, closed);
}

}  // namespace skerry::kv
