#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <array>

#include "base/error.h"
#include "benchmarks/store/side.h"
#include "kv/rocksdb_bulk.h"
#include "kv/rocksdb_database.h"
#include "kv/rocksdb_snapshot.h"
#include "kv/rocksdb_transaction.h"

namespace skerry::benchmarks {

namespace {

namespace rdb = rocksdb;

void check(const rdb::Status& status) {
  if (!status.ok()) throw Error(Code::io, "RocksDB: " + status.ToString());
}

rdb::Slice slice(Bytes bytes) noexcept { return as_text(bytes); }

class RocksdbSide final : public Side {
 public:
  RocksdbSide(kv::RocksdbDatabase& database, kv::TableId table)
      : database_(&database), db_(&database.db()), table_(database.family(table)) {}

  ~RocksdbSide() override { end_reading(); }

  RocksdbSide(const RocksdbSide&) = delete;
  RocksdbSide& operator=(const RocksdbSide&) = delete;

  void begin_reading() override {
    end_reading();
    reading_ = database_->read_options(db_->GetSnapshot());
  }

  void end_reading() override {
    if (reading_.snapshot != nullptr) db_->ReleaseSnapshot(reading_.snapshot);
    reading_.snapshot = nullptr;
  }

  std::uint64_t get(std::span<const kv::Key> keys) override {
    std::uint64_t bytes = 0;
    for (const kv::Key& key : keys) {
      check(db_->Get(reading_, table_, slice(key), &values_[0]));
      bytes += values_[0].size();
      values_[0].Reset();
    }
    return bytes;
  }

  std::uint64_t multi_get(std::span<const kv::Key> keys, std::size_t hop) override {
    std::uint64_t bytes = 0;
    std::array<rdb::Slice, max_hop> wanted;
    std::array<rdb::Status, max_hop> statuses;
    for (std::size_t first = 0; first + hop <= keys.size(); first += hop) {
      for (std::size_t i = 0; i < hop; ++i) wanted[i] = slice(keys[first + i]);
      db_->MultiGet(reading_, table_, hop, wanted.data(), values_.data(), statuses.data());
      for (std::size_t i = 0; i < hop; ++i) {
        check(statuses[i]);
        bytes += values_[i].size();
        values_[i].Reset();
      }
    }
    return bytes;
  }

  std::uint64_t scan(kv::Key from, std::size_t records) override {
    std::uint64_t bytes = 0;
    const std::unique_ptr<rdb::Iterator> at(db_->NewIterator(reading_, table_));
    at->Seek(slice(from));
    for (std::size_t i = 0; i < records; ++i) {
      if (!at->Valid()) check(at->status().ok() ? rdb::Status::NotFound() : at->status());
      const rdb::Slice value = at->value();
      bytes += at->key().size() + value.size() + static_cast<unsigned char>(value[0]);
      at->Next();
    }
    return bytes;
  }

  /// An indexed batch, as a transaction needs that reads its own writes.
  std::uint64_t put(std::span<const kv::Key> keys, Bytes value) override {
    for (const kv::Key& key : keys) {
      rdb::WriteBatchWithIndex batch(rdb::BytewiseComparator(), 0, true);
      check(batch.Put(table_, slice(key), slice(value)));
      check(db_->Write({}, batch.GetWriteBatch()));
    }
    return keys.size() * value.size();
  }

  std::uint64_t load(kv::TableId table, std::span<const kv::Key> keys, Bytes value) override {
    rdb::ColumnFamilyHandle* const family = database_->family(table);
    const std::string file = database_->new_bulk_file().string();
    rdb::SstFileWriter writer(rdb::EnvOptions(), database_->file_options(), family);
    check(writer.Open(file));
    for (const kv::Key& key : keys) check(writer.Put(slice(key), slice(value)));
    check(writer.Finish());
    rdb::IngestExternalFileOptions ingest;
    ingest.move_files = true;
    ingest.write_global_seqno = false;
    check(db_->IngestExternalFile(family, {file}, ingest));
    return keys.size() * value.size();
  }

 private:
  kv::RocksdbDatabase* database_;
  rdb::DB* db_;
  rdb::ColumnFamilyHandle* table_;
  rdb::ReadOptions reading_;
  std::array<rdb::PinnableSlice, max_hop> values_;
};

class RocksdbPair final : public Pair {
 public:
  explicit RocksdbPair(const kv::StoreOptions& options)
      : database_(options),
        raw_(database_, database_.table(main_table)),
        interface_(interface_side(
            {.snapshot = [this] { return kv::rocksdb_snapshot(database_); },
             .begin = [this] { return kv::rocksdb_transaction(database_); },
             .bulk = [this](auto tables) { return kv::rocksdb_bulk(database_, tables); }},
            database_.table(main_table))) {}

  kv::TableId table(std::string_view name) override { return database_.table(name); }

  Side& raw() override { return raw_; }

  Side& interface() override { return *interface_; }

 private:
  kv::RocksdbDatabase database_;
  RocksdbSide raw_;
  std::unique_ptr<Side> interface_;
};

}  // namespace

std::unique_ptr<Pair> open_rocksdb_pair(const kv::StoreOptions& options) {
  return std::make_unique<RocksdbPair>(options);
}

}  // namespace skerry::benchmarks
