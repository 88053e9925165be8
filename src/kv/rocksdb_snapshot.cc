#include "kv/rocksdb_snapshot.h"

#include <rocksdb/db.h>

#include "kv/names.h"
#include "kv/no_cursor.h"
#include "kv/rocksdb_cursor.h"
#include "kv/rocksdb_pins.h"
#include "kv/rocksdb_status.h"

namespace skerry::kv {

namespace {

namespace rdb = rocksdb;

class RocksdbSnapshot final : public Snapshot {
 public:
  explicit RocksdbSnapshot(RocksdbDatabase& database)
      : database_(&database),
        snapshot_(database.take_snapshot()),
        options_(database.read_options(snapshot_)),
        stable_(database.view_life() == ViewLife::snapshot) {}

  ~RocksdbSnapshot() override { database_->release_snapshot(snapshot_); }

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    view = {};
    rdb::ColumnFamilyHandle* const family = database_->family(table);
    if (family == nullptr) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    return read(family, key, rocksdb_pins(scope, this), view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    rdb::ColumnFamilyHandle* const family = database_->family(table);
    if (family == nullptr || keys.size() != views.size()) return Code::invalid_argument;
    for (const Key& key : keys) {
      if (!legal_key(key)) return Code::key_size;
    }
    RocksdbPins& pins = rocksdb_pins(scope, this);
    pins.keys.clear();
    for (const Key& key : keys) pins.keys.push_back(as_text(key));
    pins.statuses.resize(keys.size());
    rdb::PinnableSlice* const slices = pins.take(keys.size());
    database_->db().MultiGet(options_, family, keys.size(), pins.keys.data(), slices,
                             pins.statuses.data());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const rdb::Status& status = pins.statuses[i];
      views[i] = status.ok() ? rocksdb_view(slices[i]) : View{};
      if (!status.ok() && !status.IsNotFound()) return rocksdb_code(status);
    }
    return Code::ok;
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    rdb::ColumnFamilyHandle* const family = database_->family(table);
    if (family == nullptr) return std::make_unique<NoCursor>(Code::invalid_argument);
    return rocksdb_cursor(
        std::unique_ptr<rdb::Iterator>(database_->db().NewIterator(options_, family)), nullptr);
  }

  ViewLife view_life() const noexcept override {
    return stable_ ? ViewLife::snapshot : ViewLife::scope;
  }

 private:
  Code read(rdb::ColumnFamilyHandle* family, Key key, RocksdbPins& pins, View& view) const {
    rdb::PinnableSlice* const slice = pins.take(1);
    const rdb::Status status = database_->db().Get(options_, family, as_text(key), slice);
    if (status.ok()) view = rocksdb_view(*slice);
    // A pin into the map needs no holding: the table is never closed before the database is.
    if (stable_ && status.ok() && slice->IsPinned()) slice->Reset();
    return rocksdb_code(status);
  }

  RocksdbDatabase* database_;
  const rdb::Snapshot* snapshot_;
  rdb::ReadOptions options_;
  bool stable_;
};

}  // namespace

std::unique_ptr<Snapshot> rocksdb_snapshot(RocksdbDatabase& database) {
  return std::make_unique<RocksdbSnapshot>(database);
}

}  // namespace skerry::kv
