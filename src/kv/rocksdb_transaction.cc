#include "kv/rocksdb_transaction.h"

#include <rocksdb/db.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <map>

#include "kv/names.h"
#include "kv/no_cursor.h"
#include "kv/rocksdb_cursor.h"
#include "kv/rocksdb_pins.h"
#include "kv/rocksdb_status.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

namespace rdb = rocksdb;

class RocksdbTransaction final : public Transaction {
 public:
  explicit RocksdbTransaction(RocksdbDatabase& database)
      : hold_(database.writer()), database_(&database), batch_(rdb::BytewiseComparator(), 0, true) {
    database.require_writable();
  }

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    view = {};
    if (const Code code = usable(table, key); code != Code::ok) return code;
    put_reserved();
    rdb::PinnableSlice* const slice = rocksdb_pins(scope, this).take(1);
    const rdb::Status status = batch_.GetFromBatchAndDB(
        &database_->db(), {}, database_->family(table), as_text(key), slice);
    if (status.ok()) view = rocksdb_view(*slice);
    return rocksdb_code(status);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    if (keys.size() != views.size()) return Code::invalid_argument;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Code code = get(table, keys[i], scope, views[i]);
      if (code != Code::ok && code != Code::not_found) return code;
    }
    return Code::ok;
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    if (closed_) return std::make_unique<NoCursor>(Code::closed);
    rdb::ColumnFamilyHandle* const family = database_->family(table);
    if (family == nullptr) return std::make_unique<NoCursor>(Code::invalid_argument);
    put_reserved();
    return rocksdb_cursor(iterate(family), &closed_);
  }

  ViewLife view_life() const noexcept override { return ViewLife::scope; }

  Code put(TableId table, Key key, Bytes value) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    if (value.size() > max_value_size) return Code::invalid_argument;
    put_reserved();
    note_last(table, key);
    return changed(batch_.Put(database_->family(table), as_text(key), as_text(value)));
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    if (size > max_value_size) return Code::invalid_argument;
    put_reserved();
    note_last(table, key);
    reserved_ = {database_->family(table), {key.begin(), key.end()}, std::vector<std::byte>(size)};
    out = reserved_.value;
    return Code::ok;
  }

  Code append(TableId table, Key key, Bytes value) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    put_reserved();
    Last& last = last_[static_cast<std::size_t>(table)];
    if (!last.known) {
      const std::unique_ptr<rdb::Iterator> end = iterate(database_->family(table));
      end->SeekToLast();
      if (end->Valid())
        last.key.assign(as_bytes(end->key().ToStringView()).begin(),
                        as_bytes(end->key().ToStringView()).end());
      last.known = true;
    }
    if (!key_less(last.key, key)) return Code::invalid_argument;
    return put(table, key, value);
  }

  Code erase(TableId table, Key key) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    put_reserved();
    last_[static_cast<std::size_t>(table)] = {};
    return changed(batch_.Delete(database_->family(table), as_text(key)));
  }

  Code erase_range(TableId table, Key from, Key to) override {
    if (closed_) return Code::closed;
    rdb::ColumnFamilyHandle* const family = database_->family(table);
    if (family == nullptr) return Code::invalid_argument;
    put_reserved();
    last_[static_cast<std::size_t>(table)] = {};
    // WriteBatchWithIndex has no DeleteRange; collected first, since a change ends an iterator.
    std::vector<std::string> doomed;
    const std::unique_ptr<rdb::Iterator> at = iterate(family);
    if (from.empty()) {
      at->SeekToFirst();
    } else {
      at->Seek(as_text(from));
    }
    for (; at->Valid() && (to.empty() || key_less(as_bytes(at->key().ToStringView()), to));
         at->Next()) {
      doomed.push_back(at->key().ToString());
    }
    if (!at->status().ok()) return changed(at->status());
    for (const std::string& key : doomed) {
      const rdb::Status status = batch_.Delete(family, key);
      if (!status.ok()) return changed(status);
    }
    return Code::ok;
  }

  void commit(Durability durability) override {
    if (closed_) throw Error(Code::closed, "the transaction has ended already");
    put_reserved();
    closed_ = true;
    if (failure_.ok()) {
      rdb::WriteOptions options;
      options.sync = durability == Durability::power;
      failure_ = database_->db().Write(options, batch_.GetWriteBatch());
    }
    hold_.release();
    check_rocksdb(failure_, "cannot commit; nothing was changed", database_->path());
  }

  void abort() noexcept override {
    closed_ = true;
    hold_.release();
  }

 private:
  struct Reserved {
    rdb::ColumnFamilyHandle* family = nullptr;
    std::vector<std::byte> key;
    std::vector<std::byte> value;
  };

  /// The largest key of a table, once append() has asked for it.
  struct Last {
    bool known = false;
    std::vector<std::byte> key;
  };

  Code usable(TableId table, Key key) const {
    if (closed_) return Code::closed;
    if (database_->family(table) == nullptr) return Code::invalid_argument;
    return legal_key(key) ? Code::ok : Code::key_size;
  }

  /// A change that fails dooms the transaction.
  Code changed(const rdb::Status& status) const {
    if (failure_.ok() && !status.ok()) failure_ = status;
    return rocksdb_code(status);
  }

  /// The caller has filled a reserved value by now: into the batch with it.
  void put_reserved() const {
    if (reserved_.family == nullptr) return;
    changed(batch_.Put(reserved_.family, as_text(reserved_.key), as_text(reserved_.value)));
    reserved_ = {};
  }

  void note_last(TableId table, Key key) {
    Last& last = last_[static_cast<std::size_t>(table)];
    if (last.known && key_less(last.key, key)) last.key.assign(key.begin(), key.end());
  }

  std::unique_ptr<rdb::Iterator> iterate(rdb::ColumnFamilyHandle* family) const {
    return std::unique_ptr<rdb::Iterator>(
        batch_.NewIteratorWithBase(family, database_->db().NewIterator({}, family)));
  }

  WriterLock::Hold hold_;
  RocksdbDatabase* database_;
  mutable rdb::WriteBatchWithIndex batch_;
  mutable Reserved reserved_;
  mutable rdb::Status failure_;
  std::map<std::size_t, Last> last_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Transaction> rocksdb_transaction(RocksdbDatabase& database) {
  return std::make_unique<RocksdbTransaction>(database);
}

}  // namespace skerry::kv
