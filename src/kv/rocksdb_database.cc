#include "kv/rocksdb_database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/statistics.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "kv/names.h"
#include "kv/rocksdb_counters.h"
#include "kv/rocksdb_options.h"
#include "kv/rocksdb_status.h"

namespace skerry::kv {

namespace fs = std::filesystem;
namespace rdb = rocksdb;

namespace {

constexpr const char* bulk_folder = "bulk.tmp";

}  // namespace

RocksdbDatabase::RocksdbDatabase(const StoreOptions& options)
    : options_(options),
      mapped_(rocksdb_mapped(options)),
      cache_(rdb::NewLRUCache(options.cache_bytes)),
      statistics_(options.counters ? rocksdb_statistics() : nullptr) {
  std::error_code error;
  const bool present = fs::exists(options_.path / "CURRENT", error);
  if (!present && (!options_.create || options_.read_only)) {
    throw Error(Code::not_found, "there is no RocksDB store here",
                {.path = options_.path.string()});
  }
  fs::create_directories(options_.path, error);
  if (error) {
    throw Error(Code::io, "cannot make the directory: " + error.message(),
                {.path = options_.path.string()});
  }
  file_options_ =
      std::make_unique<rdb::Options>(db_options(), rocksdb_family_options(options_, cache_));
  open();
  try {
    if (options_.read_only) {
      refuse_unflushed();
    } else {
      fs::remove_all(options_.path / bulk_folder, error);  // of a bulk load that was cut off
    }
  } catch (...) {
    close();
    throw;
  }
}

RocksdbDatabase::~RocksdbDatabase() { close(); }

rdb::DBOptions RocksdbDatabase::db_options() const {
  rdb::DBOptions options = rocksdb_db_options(options_);
  options.statistics = statistics_;
  return options;
}

void RocksdbDatabase::open() {
  std::vector<std::string> present;
  const std::string path = options_.path.string();
  if (!rdb::DB::ListColumnFamilies(db_options(), path, &present).ok() || present.empty()) {
    present = {rdb::kDefaultColumnFamilyName};
  }
  // Tables that this object knows keep their numbers when it reopens.
  for (const std::string& name : present) {
    if (name != rdb::kDefaultColumnFamilyName &&
        std::find(names_.begin(), names_.end(), name) == names_.end()) {
      names_.push_back(name);
    }
  }
  if (names_.size() > max_tables) {
    throw Error(Code::full,
                fmt::format("the store has {} tables, this program opens {} at most", names_.size(),
                            max_tables),
                {.path = path});
  }
  std::vector<rdb::ColumnFamilyDescriptor> descriptors = {
      {rdb::kDefaultColumnFamilyName, rocksdb_family_options(options_, cache_)}};
  for (const std::string& name : names_) {
    descriptors.emplace_back(name, rocksdb_family_options(options_, cache_));
  }
  std::vector<rdb::ColumnFamilyHandle*> handles;
  rdb::DB* db = nullptr;
  check_rocksdb(options_.read_only
                    ? rdb::DB::OpenForReadOnly(db_options(), path, descriptors, &handles, &db)
                    : rdb::DB::Open(db_options(), path, descriptors, &handles, &db),
                "cannot open the RocksDB store", options_.path);
  db_.reset(db);
  default_family_ = handles[0];
  for (std::size_t i = 1; i < handles.size(); ++i) families_[i - 1] = handles[i];
}

void RocksdbDatabase::close() noexcept {
  if (!db_) return;
  if (!options_.read_only) {
    std::vector<rdb::ColumnFamilyHandle*> all = {default_family_};
    for (std::size_t i = 0; i < names_.size(); ++i) all.push_back(families_[i]);
    // So that nothing is left to the log, which a read-only open could not map.
    db_->Flush(rdb::FlushOptions(), all).PermitUncheckedError();
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    db_->DestroyColumnFamilyHandle(families_[i].exchange(nullptr)).PermitUncheckedError();
  }
  db_->DestroyColumnFamilyHandle(default_family_).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
  db_.reset();
}

void RocksdbDatabase::refuse_unflushed() {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::uint64_t entries = 0;
    db_->GetIntProperty(families_[i].load(), rdb::DB::Properties::kNumEntriesActiveMemTable,
                        &entries);
    if (entries > 0) {
      throw Error(Code::busy,
                  "the store has writes that only its log holds; open it for writing once (closing "
                  "it flushes them), then read-only",
                  {.path = options_.path.string(), .table = names_[i]});
    }
  }
}

void RocksdbDatabase::require_writable() const {
  if (options_.read_only) {
    throw Error(Code::unsupported, "the store is open for reading only",
                {.path = options_.path.string()});
  }
}

fs::path RocksdbDatabase::new_bulk_file() {
  const fs::path folder = options_.path / bulk_folder;
  std::error_code ignored;  // opening the file will tell
  fs::create_directories(folder, ignored);
  return folder / fmt::format("{}.sst", ++bulk_files_);
}

std::optional<TableId> RocksdbDatabase::find(std::string_view name) {
  const std::lock_guard guard(tables_mutex_);
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<TableId>(found - names_.begin());
}

TableId RocksdbDatabase::table(std::string_view name) {
  check_table_name(name);
  const std::string copy(name);
  if (const auto known = find(name)) return *known;
  if (options_.read_only) {
    throw Error(Code::not_found, "the store has no such table",
                {.path = options_.path.string(), .table = copy});
  }
  if (copy == rdb::kDefaultColumnFamilyName) {
    throw Error(Code::invalid_argument, "`default` is RocksDB's own table", {.table = copy});
  }
  const WriterLock::Hold hold(writer_);
  if (const auto known = find(name)) return *known;
  const std::lock_guard guard(tables_mutex_);
  if (names_.size() == max_tables) {
    throw Error(Code::full, fmt::format("the store has {} tables already", max_tables),
                {.path = options_.path.string()});
  }
  rdb::ColumnFamilyHandle* handle = nullptr;
  check_rocksdb(db_->CreateColumnFamily(rocksdb_family_options(options_, cache_), copy, &handle),
                "cannot make table " + copy, options_.path);
  families_[names_.size()].store(handle, std::memory_order_release);
  names_.push_back(copy);
  return static_cast<TableId>(names_.size() - 1);
}

bool RocksdbDatabase::has_table(std::string_view name) { return find(name).has_value(); }

std::vector<std::string> RocksdbDatabase::tables() {
  const std::lock_guard guard(tables_mutex_);
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

const rdb::Snapshot* RocksdbDatabase::take_snapshot() {
  ++snapshots_;
  return db_->GetSnapshot();
}

void RocksdbDatabase::release_snapshot(const rdb::Snapshot* snapshot) noexcept {
  db_->ReleaseSnapshot(snapshot);
  --snapshots_;
}

rdb::ReadOptions RocksdbDatabase::read_options(const rdb::Snapshot* snapshot) const {
  rdb::ReadOptions options;
  options.snapshot = snapshot;
  options.verify_checksums = !mapped_;
  return options;
}

std::vector<EngineCounter> RocksdbDatabase::counters() const {
  if (!statistics_) return {};
  std::vector<EngineCounter> counters = rocksdb_counters(*statistics_);
  counters.push_back({"ingest_bytes", ingested_bytes_, CounterKind::written});
  return counters;
}

void RocksdbDatabase::drop_caches() {
  const WriterLock::Hold hold(writer_);
  if (snapshots_ > 0) {
    throw Error(Code::busy, fmt::format("{} snapshots are live", snapshots_.load()),
                {.path = options_.path.string()});
  }
  // Mapped pages are never dropped, so the maps have to go first.
  close();
  cache_->EraseUnRefEntries();
  for (const auto& entry : fs::directory_iterator(options_.path)) {
    const int descriptor = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    ::fdatasync(descriptor);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
  }
  open();
}

}  // namespace skerry::kv
