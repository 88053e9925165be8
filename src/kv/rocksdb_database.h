#pragma once
// An open RocksDB database and its column families: what the store, its snapshots, transactions and
// bulk loads have in common.

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kv/store.h"
#include "kv/writer_lock.h"

namespace rocksdb {
class Cache;
class ColumnFamilyHandle;
class DB;
class Snapshot;
class Statistics;
struct DBOptions;
struct Options;
struct ReadOptions;
}  // namespace rocksdb

namespace skerry::kv {

class RocksdbDatabase {
 public:
  /// Opens or creates, as open_rocksdb_store() says.
  explicit RocksdbDatabase(const StoreOptions& options);

  /// Flushes, so that nothing is left to the log.
  ~RocksdbDatabase();

  RocksdbDatabase(const RocksdbDatabase&) = delete;
  RocksdbDatabase& operator=(const RocksdbDatabase&) = delete;

  rocksdb::DB& db() noexcept { return *db_; }

  const StoreOptions& options() const noexcept { return options_; }

  const std::filesystem::path& path() const noexcept { return options_.path; }

  /// How long a view from a snapshot lives.
  ViewLife view_life() const noexcept { return mapped_ ? ViewLife::snapshot : ViewLife::scope; }

  void require_writable() const;

  WriterLock& writer() noexcept { return writer_; }

  /// Makes the table if it is missing, unless the database is read-only (not_found).
  TableId table(std::string_view name);

  bool has_table(std::string_view name);

  /// Ascending.
  std::vector<std::string> tables();

  /// Null for a table that the database does not have.
  rocksdb::ColumnFamilyHandle* family(TableId table) const noexcept {
    const auto index = static_cast<std::size_t>(table);
    return index < families_.size() ? families_[index].load(std::memory_order_acquire) : nullptr;
  }

  const rocksdb::Snapshot* take_snapshot();
  void release_snapshot(const rocksdb::Snapshot* snapshot) noexcept;
  rocksdb::ReadOptions read_options(const rocksdb::Snapshot* snapshot) const;

  /// Of files that a bulk load writes, and a fresh name for one.
  const rocksdb::Options& file_options() const noexcept { return *file_options_; }

  std::filesystem::path new_bulk_file();

  /// A bulk load brought files of so many bytes.
  void ingested(std::uint64_t bytes) noexcept { ingested_bytes_ += bytes; }

  std::vector<EngineCounter> counters() const;

  /// Closes, empties the cache, drops the files' pages and opens again; tables keep their numbers.
  /// Throws busy while a snapshot is live.
  void drop_caches();

 private:
  rocksdb::DBOptions db_options() const;
  void open();
  void close() noexcept;
  void refuse_unflushed();
  std::optional<TableId> find(std::string_view name);

  static constexpr std::size_t max_tables = 1024;

  StoreOptions options_;
  bool mapped_;
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<rocksdb::Statistics> statistics_;  // null unless counters were asked for
  std::unique_ptr<rocksdb::Options> file_options_;
  std::unique_ptr<rocksdb::DB> db_;
  WriterLock writer_;
  std::mutex tables_mutex_;
  std::vector<std::string> names_;  // by TableId
  std::array<std::atomic<rocksdb::ColumnFamilyHandle*>, max_tables> families_{};
  rocksdb::ColumnFamilyHandle* default_family_ = nullptr;
  std::atomic<int> snapshots_{0};
  std::atomic<std::uint64_t> bulk_files_{0};
  std::atomic<std::uint64_t> ingested_bytes_{0};
};

}  // namespace skerry::kv
