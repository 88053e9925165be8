#include "kv/lmdb_snapshot.h"

#include <lmdb.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "kv/lmdb_cursor.h"
#include "kv/lmdb_lookup.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"
#include "kv/no_cursor.h"

namespace skerry::kv {

Code lmdb_get(MDB_txn* txn, TableId table, Key key, View& view) noexcept {
  int rc = MDB_BAD_VALSIZE;
  if (legal_key(key)) {
    MDB_val k = lmdb_val(key);
    MDB_val v;
    rc = mdb_get(txn, lmdb_dbi(table), &k, &v);
    if (rc == MDB_SUCCESS) {
      view = lmdb_view(v);
      return Code::ok;
    }
  }
  view = {};
  return lmdb_code(rc);
}

Code lmdb_multi_get(MDB_txn* txn, TableId table, std::span<const Key> keys,
                    std::span<View> views) noexcept {
  if (keys.size() != views.size()) return Code::invalid_argument;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Code code = lmdb_get(txn, table, keys[i], views[i]);
    if (code != Code::ok && code != Code::not_found) return code;
  }
  return Code::ok;
}

namespace {

/// A reading transaction, which ends with it.
class Reading {
 public:
  explicit Reading(LmdbEnvironment& environment)
      : environment_(&environment), txn_(environment.begin_reading()) {}

  ~Reading() { environment_->end_reading(txn_); }

  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  MDB_txn* get() const noexcept { return txn_; }

 private:
  LmdbEnvironment* environment_;
  MDB_txn* txn_;
};

/// The tables of one reading transaction, each looked up by the first thread that asks for it: a
/// store may have hundreds open, and a snapshot as a rule reads those of one index. Answers from
/// then on take no lock.
class ReadTables {
 public:
  using Table = LmdbEnvironment::Committed;

  ReadTables(LmdbEnvironment& environment, MDB_txn* txn)
      : environment_(&environment),
        txn_(txn),
        known_(environment.table_ids()),
        tables_(known_.size()) {}

  /// `table` where the code is ok.
  Code find(TableId id, const Table*& table) const noexcept {
    const auto at = static_cast<std::size_t>(lmdb_dbi(id));
    if (at >= known_.size()) return Code::invalid_argument;
    table = &tables_[at];
    return known_[at].load(std::memory_order_acquire) ? Code::ok : look_up(id);
  }

 private:
  Code look_up(TableId id) const noexcept {
    const auto at = static_cast<std::size_t>(lmdb_dbi(id));
    const std::lock_guard guard(mutex_);
    if (known_[at].load(std::memory_order_relaxed)) return Code::ok;
    const Code code = environment_->look_up(txn_, id, tables_[at]);
    if (code == Code::ok) known_[at].store(true, std::memory_order_release);
    return code;
  }

  LmdbEnvironment* environment_;
  MDB_txn* txn_;
  mutable std::mutex mutex_;  // for LMDB, whose first read of a table writes to the transaction
  mutable std::vector<std::atomic<bool>> known_;  // by handle
  mutable std::vector<Table> tables_;             // those that are known
};

class LmdbSnapshot final : public Snapshot {
 public:
  explicit LmdbSnapshot(LmdbEnvironment& environment)
      : txn_(environment), tables_(environment, txn_.get()) {}

  Code get(TableId table, Key key, Scope&, View& view) const override {
    view = {};
    const ReadTables::Table* found = nullptr;
    if (const Code code = tables_.find(table, found); code != Code::ok) return code;
    if (found->map.data == nullptr) return lmdb_get(txn_.get(), table, key, view);
    const Code code = lmdb::lookup(found->map, found->tree, {&key, 1}, {&view, 1});
    return code == Code::ok && !view ? Code::not_found : code;
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    const ReadTables::Table* found = nullptr;
    if (const Code code = tables_.find(table, found); code != Code::ok) return code;
    if (found->map.data == nullptr) return lmdb_multi_get(txn_.get(), table, keys, views);
    return lmdb::lookup(found->map, found->tree, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    const ReadTables::Table* found = nullptr;
    const Code code = tables_.find(table, found);
    if (code != Code::ok) return std::make_unique<NoCursor>(code);
    return lmdb_cursor(txn_.get(), table, nullptr);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

 private:
  Reading txn_;
  ReadTables tables_;
};

}  // namespace

std::unique_ptr<Snapshot> lmdb_snapshot(LmdbEnvironment& environment) {
  return std::make_unique<LmdbSnapshot>(environment);
}

}  // namespace skerry::kv
