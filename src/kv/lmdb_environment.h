#pragma once
// An open LMDB environment: its map, its handles and who reads and writes in it.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kv/lmdb_lookup.h"
#include "kv/store.h"
#include "kv/writer_lock.h"

struct MDB_env;
struct MDB_txn;

namespace skerry::kv {

class LmdbEnvironment {
 public:
  /// Opens or creates, as open_lmdb_store() says.
  explicit LmdbEnvironment(const StoreOptions& options);

  ~LmdbEnvironment();

  LmdbEnvironment(const LmdbEnvironment&) = delete;
  LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

  MDB_env* env() const noexcept { return env_; }

  const std::filesystem::path& path() const noexcept { return path_; }

  std::filesystem::path data_file() const { return path_ / "data.mdb"; }

  std::size_t page_size() const noexcept { return page_size_; }

  WriterLock& writer() noexcept { return writer_; }

  /// Until end_reading() the map cannot grow.
  MDB_txn* begin_reading();
  void end_reading(MDB_txn* txn) noexcept;

  /// A table as a reading transaction sees it, for as long as that lives.
  struct Committed {
    lmdb::PageMap map;  ///< `data` is null where it is not known
    lmdb::Tree tree;
  };

  /// invalid_argument for a table that `txn` does not know, corrupt for a damaged one. From then on
  /// LMDB's own reads of the table write nothing to `txn`, so that many threads may make them; this
  /// call is for one thread at a time.
  Code look_up(MDB_txn* txn, TableId table, Committed& found) noexcept;

  /// The ids of the tables that are open are below it.
  std::size_t table_ids();

  /// The caller holds writer(). Doubles the map if the last writer filled it. Throws unsupported on
  /// a read-only environment.
  MDB_txn* begin_writing();

  /// Ends `txn` in any case. The caller holds writer().
  void commit(MDB_txn* txn, Durability durability);

  /// A writer found the map full.
  void map_filled() noexcept { map_full_ = true; }

  /// Makes the table if it is missing, unless the environment is read-only (not_found).
  TableId table(std::string_view name);

  bool has_table(std::string_view name);

  /// Ascending.
  std::vector<std::string> tables();

  void sync();

  /// Pages of the file up to the last used one, the number of the last commit, reader slots that
  /// were ever in use at once, depth of the deepest tree among the opened tables.
  std::vector<EngineCounter> counters();

  /// Closes, drops the file's pages and opens again; tables keep their ids. Throws busy while a
  /// snapshot is live.
  void drop_caches();

 private:
  void open();
  void close() noexcept;
  void grow_map();
  void reopen_tables();
  std::optional<TableId> find(std::string_view name);  // among those that are open

  StoreOptions options_;
  std::filesystem::path path_;
  std::size_t page_size_ = 0;
  MDB_env* env_ = nullptr;
  std::uint64_t map_size_ = 0;
  WriterLock writer_;
  std::mutex resize_;  // held while a snapshot begins and while the map grows
  std::atomic<int> snapshots_{0};
  std::atomic<bool> map_full_{false};
  std::mutex names_mutex_;
  std::vector<std::string> names_;  // of the open tables, by handle; empty where LMDB's own are
};

}  // namespace skerry::kv
