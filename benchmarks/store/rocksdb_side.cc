#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <array>
#include <vector>

#include "base/error.h"
#include "benchmarks/store/side.h"
#include "kv/rocksdb_options.h"

namespace skerry::benchmarks {

namespace {

namespace rdb = rocksdb;

void check(const rdb::Status& status) {
  if (!status.ok()) throw Error(Code::io, "RocksDB: " + status.ToString());
}

rdb::Slice slice(Bytes bytes) noexcept { return as_text(bytes); }

class RocksdbSide final : public Side {
 public:
  explicit RocksdbSide(const kv::StoreOptions& options)
      : path_(options.path),
        // The interface's settings come from the same functions, so that they cannot differ.
        options_(kv::rocksdb_db_options(options),
                 kv::rocksdb_family_options(options, rdb::NewLRUCache(options.cache_bytes))),
        mapped_(kv::rocksdb_mapped(options)) {
    std::filesystem::create_directories(path_);
    const rdb::ColumnFamilyOptions family(options_);
    std::vector<rdb::ColumnFamilyDescriptor> families = {{rdb::kDefaultColumnFamilyName, family},
                                                         {"t", family}};
    options_.create_missing_column_families = options.create;
    rdb::DB* db = nullptr;
    check(options.read_only
              ? rdb::DB::OpenForReadOnly(options_, path_.string(), families, &families_, &db)
              : rdb::DB::Open(options_, path_.string(), families, &families_, &db));
    db_.reset(db);
  }

  ~RocksdbSide() override {
    end_reading();
    for (rdb::ColumnFamilyHandle* const family : families_) {
      db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
    }
  }

  RocksdbSide(const RocksdbSide&) = delete;
  RocksdbSide& operator=(const RocksdbSide&) = delete;

  void begin_reading() override {
    end_reading();
    reading_.snapshot = db_->GetSnapshot();
    reading_.verify_checksums = !mapped_;
  }

  void end_reading() override {
    if (reading_.snapshot != nullptr) db_->ReleaseSnapshot(reading_.snapshot);
    reading_.snapshot = nullptr;
  }

  std::uint64_t get(std::span<const kv::Key> keys) override {
    std::uint64_t bytes = 0;
    for (const kv::Key& key : keys) {
      check(db_->Get(reading_, table(), slice(key), &values_[0]));
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
      db_->MultiGet(reading_, table(), hop, wanted.data(), values_.data(), statuses.data());
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
    const std::unique_ptr<rdb::Iterator> at(db_->NewIterator(reading_, table()));
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
      check(batch.Put(table(), slice(key), slice(value)));
      check(db_->Write({}, batch.GetWriteBatch()));
    }
    return keys.size() * value.size();
  }

  std::uint64_t load(std::span<const kv::Key> keys, Bytes value) override {
    const std::string file = (path_ / "load.sst").string();
    rdb::SstFileWriter writer(rdb::EnvOptions(), options_, table());
    check(writer.Open(file));
    for (const kv::Key& key : keys) check(writer.Put(slice(key), slice(value)));
    check(writer.Finish());
    rdb::IngestExternalFileOptions ingest;
    ingest.move_files = true;
    ingest.write_global_seqno = false;
    check(db_->IngestExternalFile(table(), {file}, ingest));
    return keys.size() * value.size();
  }

 private:
  rdb::ColumnFamilyHandle* table() const noexcept { return families_[1]; }

  std::filesystem::path path_;
  rdb::Options options_;
  bool mapped_;
  std::unique_ptr<rdb::DB> db_;
  std::vector<rdb::ColumnFamilyHandle*> families_;
  rdb::ReadOptions reading_;
  std::array<rdb::PinnableSlice, max_hop> values_;
};

}  // namespace

std::unique_ptr<Side> open_rocksdb_side(const kv::StoreOptions& options) {
  return std::make_unique<RocksdbSide>(options);
}

}  // namespace skerry::benchmarks
