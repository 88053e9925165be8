#include "kv/lmdb_snapshot.h"

#include <lmdb.h>

#include <cstddef>

#include "kv/lmdb_cursor.h"
#include "kv/lmdb_lookup.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"
#include "kv/names.h"

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

class LmdbSnapshot final : public Snapshot {
 public:
  explicit LmdbSnapshot(LmdbEnvironment& environment)
      : environment_(&environment), txn_(environment.begin_reading()) {
    try {
      trees_ = environment.trees(txn_);
    } catch (...) {
      environment_->end_reading(txn_);
      throw;
    }
  }

  ~LmdbSnapshot() override { environment_->end_reading(txn_); }

  Code get(TableId table, Key key, Scope&, View& view) const override {
    if (trees_.map.data == nullptr) return lmdb_get(txn_, table, key, view);
    view = {};
    const lmdb::Tree* tree = head(table);
    if (tree == nullptr) return Code::invalid_argument;
    const Code code = lmdb::lookup(trees_.map, *tree, {&key, 1}, {&view, 1});
    return code == Code::ok && !view ? Code::not_found : code;
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    if (trees_.map.data == nullptr) return lmdb_multi_get(txn_, table, keys, views);
    const lmdb::Tree* tree = head(table);
    if (tree == nullptr) return Code::invalid_argument;
    return lmdb::lookup(trees_.map, *tree, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    return lmdb_cursor(txn_, table, nullptr);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

 private:
  /// Null for a table that the snapshot does not know.
  const lmdb::Tree* head(TableId table) const noexcept {
    const auto dbi = static_cast<std::size_t>(lmdb_dbi(table));
    return dbi < trees_.heads.size() && trees_.heads[dbi] ? &*trees_.heads[dbi] : nullptr;
  }

  LmdbEnvironment* environment_;
  MDB_txn* txn_;
  LmdbEnvironment::Trees trees_;
};

}  // namespace

std::unique_ptr<Snapshot> lmdb_snapshot(LmdbEnvironment& environment) {
  return std::make_unique<LmdbSnapshot>(environment);
}

}  // namespace skerry::kv
