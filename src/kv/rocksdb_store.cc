#include "kv/rocksdb_store.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/table_properties.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/version.h>
#include <sys/stat.h>

#include "base/error.h"
#include "kv/read_through.h"
#include "kv/rocksdb_bulk.h"
#include "kv/rocksdb_database.h"
#include "kv/rocksdb_snapshot.h"
#include "kv/rocksdb_status.h"
#include "kv/rocksdb_transaction.h"

namespace skerry::kv {

namespace {

namespace fs = std::filesystem;
namespace rdb = rocksdb;

class RocksdbStore final : public Store {
 public:
  explicit RocksdbStore(const StoreOptions& options)
      : database_(options), traits_{"rocksdb", database_.view_life(), true, options.read_only, 0} {}

  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override { return database_.table(name); }

  bool has_table(std::string_view name) override { return database_.has_table(name); }

  std::vector<std::string> tables() override { return database_.tables(); }

  std::unique_ptr<Snapshot> snapshot() override { return rocksdb_snapshot(database_); }

  std::unique_ptr<Transaction> begin() override { return rocksdb_transaction(database_); }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    return rocksdb_bulk(database_, tables);
  }

  void sync() override {
    if (traits_.read_only) return;
    check_rocksdb(database_.db().FlushWAL(true), "cannot sync", database_.path());
  }

  TableStats table_stats(TableId table) override {
    rdb::ColumnFamilyHandle* const family = database_.family(table);
    if (family == nullptr) throw Error(Code::invalid_argument, "no such table");
    if (!traits_.read_only) {
      check_rocksdb(database_.db().Flush(rdb::FlushOptions(), family), "cannot flush",
                    database_.path());
    }
    rdb::TablePropertiesCollection files;
    check_rocksdb(database_.db().GetPropertiesOfAllTables(family, &files), "cannot read sizes",
                  database_.path());
    TableStats stats;
    constexpr std::uint64_t internal_key_bytes = 8;  // sequence number and type
    constexpr std::uint64_t checksum_bytes = 4;      // of each block
    for (const auto& [name, file] : files) {
      stats.entries += file->num_entries;
      stats.key_bytes += file->raw_key_size - internal_key_bytes * file->num_entries;
      stats.value_bytes += file->raw_value_size;
      stats.leaf_pages += file->num_data_blocks;
      // Data blocks, the index and the properties each carry one.
      stats.checksum_bytes += checksum_bytes * (file->num_data_blocks + 3);
      // An overwritten or erased key stands in more than one place until compaction.
      stats.estimated |= files.size() > 1 || file->num_deletions > 0;
    }
    stats.depth = static_cast<std::uint32_t>(files.size());
    database_.db().GetIntProperty(family, rdb::DB::Properties::kLiveSstFilesSize,
                                  &stats.disk_bytes);
    return stats;
  }

  std::vector<EngineCounter> engine_counters() override { return database_.counters(); }

  std::uint64_t size_on_disk() override {
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(database_.path())) {
      struct stat status {};

      if (::lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
        bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
      }
    }
    return bytes;
  }

  void drop_caches() override { database_.drop_caches(); }

  void compact_copy(const fs::path& path) override {
    database_.require_writable();
    if (fs::exists(path)) {
      throw Error(Code::invalid_argument, "the directory of a copy must not exist",
                  {.path = path.string()});
    }
    rdb::Checkpoint* checkpoint = nullptr;
    check_rocksdb(rdb::Checkpoint::Create(&database_.db(), &checkpoint), "cannot copy",
                  database_.path());
    const std::unique_ptr<rdb::Checkpoint> owned(checkpoint);
    check_rocksdb(owned->CreateCheckpoint(path.string()), "cannot copy", path);
    // The copy shares files with this store until it is compacted; this store stays as it is.
    StoreOptions options = database_.options();
    options.path = path;
    RocksdbDatabase copy(options);
    for (const std::string& name : copy.tables()) {
      rdb::CompactRangeOptions all;
      all.bottommost_level_compaction = rdb::BottommostLevelCompaction::kForce;
      check_rocksdb(copy.db().CompactRange(all, copy.family(copy.table(name)), nullptr, nullptr),
                    "cannot compact", path);
    }
  }

  std::uint64_t verify() override {
    check_rocksdb(database_.db().VerifyChecksum(), "a checksum is wrong", database_.path());
    return read_through(*this, database_.path());
  }

 private:
  RocksdbDatabase database_;
  Traits traits_;
};

}  // namespace

std::unique_ptr<Store> open_rocksdb_store(const StoreOptions& options) {
  return std::make_unique<RocksdbStore>(options);
}

std::string_view rocksdb_version() {
  static const std::string version =
      fmt::format("{}.{}.{}", ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH);
  return version;
}

}  // namespace skerry::kv
