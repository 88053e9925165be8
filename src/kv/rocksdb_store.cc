#include "kv/rocksdb_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/table_properties.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/utilities/write_batch_with_index.h>
#include <rocksdb/version.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <mutex>

#include "base/spec.h"
#include "kv/names.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

namespace fs = std::filesystem;
namespace rdb = ROCKSDB_NAMESPACE;

constexpr std::size_t max_tables = 1024;
constexpr std::size_t max_value_size = std::numeric_limits<std::uint32_t>::max();
constexpr const char* bulk_folder = "bulk.tmp";

Code code_of(const rdb::Status& status) noexcept {
  if (status.ok()) return Code::ok;
  if (status.IsNotFound()) return Code::not_found;
  if (status.IsCorruption()) return Code::corrupt;
  if (status.IsNoSpace()) return Code::no_space;
  if (status.IsBusy() || status.IsTimedOut() || status.IsTryAgain()) return Code::busy;
  if (status.IsInvalidArgument()) return Code::invalid_argument;
  if (status.IsNotSupported()) return Code::unsupported;
  return Code::io;
}

[[noreturn]] void fail(const rdb::Status& status, const std::string& doing, const fs::path& path) {
  Code code = code_of(status);
  const std::string text = status.ToString();
  // The lock of another process comes as an I/O error without a code of its own.
  if (code == Code::io && text.find("lock") != std::string::npos) code = Code::busy;
  if (code == Code::io && text.find("No such file") != std::string::npos) code = Code::corrupt;
  throw Error(code, doing + ": " + text, {.path = path.string()});
}

void check(const rdb::Status& status, const std::string& doing, const fs::path& path) {
  if (!status.ok()) fail(status, doing, path);
}

rdb::Slice to_slice(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(const rdb::Slice& slice) noexcept {
  return {reinterpret_cast<const std::byte*>(slice.data()), slice.size()};
}

View to_view(const rdb::Slice& slice) noexcept {
  return {reinterpret_cast<const std::byte*>(slice.data()), slice.size()};
}

/// Pinned slices in chunks that never move.
class SlicePins final : public Scope::Pins {
 public:
  /// `count` slices in a row, unpinned.
  rdb::PinnableSlice* take(std::size_t count) {
    while (at_ < chunks_.size() && chunks_[at_].size - chunks_[at_].used < count) ++at_;
    if (at_ == chunks_.size()) {
      const std::size_t size = std::max<std::size_t>(64, count);
      chunks_.push_back({std::make_unique<rdb::PinnableSlice[]>(size), size, 0});
    }
    Chunk& chunk = chunks_[at_];
    rdb::PinnableSlice* const slices = chunk.slices.get() + chunk.used;
    chunk.used += count;
    return slices;
  }

  void reset() noexcept override {
    for (std::size_t i = 0; i <= at_ && i < chunks_.size(); ++i) {
      for (std::size_t j = 0; j < chunks_[i].used; ++j) chunks_[i].slices[j].Reset();
      chunks_[i].used = 0;
    }
    at_ = 0;
  }

  // Reused by multi_get.
  std::vector<rdb::Slice> keys;
  std::vector<rdb::Status> statuses;

 private:
  struct Chunk {
    std::unique_ptr<rdb::PinnableSlice[]> slices;
    std::size_t size;
    std::size_t used;
  };

  std::vector<Chunk> chunks_;
  std::size_t at_ = 0;
};

SlicePins& pins_of(Scope& scope, const void* owner) {
  return static_cast<SlicePins&>(scope.pins(owner, [] { return std::make_unique<SlicePins>(); }));
}

class RocksCursor final : public Cursor {
 public:
  /// `closed`, where given, tells that the transaction behind it has ended.
  RocksCursor(std::unique_ptr<rdb::Iterator> iterator, const bool* closed)
      : iterator_(std::move(iterator)), closed_(closed) {}

  Code seek(Key key) override {
    prefix_.clear();
    if (ended()) return Code::closed;
    if (key.empty()) {
      iterator_->SeekToFirst();
    } else {
      iterator_->Seek(to_slice(key));
    }
    return look();
  }

  Code seek_prefix(Key prefix) override {
    const Code code = seek(prefix);
    prefix_.assign(prefix.begin(), prefix.end());
    return code == Code::ok ? look() : code;
  }

  Code next() override {
    if (ended()) return Code::closed;
    if (!placed_) return Code::not_found;
    iterator_->Next();
    return look();
  }

  Key key() const override { return placed_ ? to_bytes(iterator_->key()) : Key{}; }

  View value() const override { return placed_ ? to_view(iterator_->value()) : View{}; }

 private:
  bool ended() {
    if (!closed_ || !*closed_) return false;
    placed_ = false;
    return true;
  }

  Code look() {
    placed_ = iterator_->Valid() && starts_with(to_bytes(iterator_->key()), prefix_);
    if (placed_) return Code::ok;
    return iterator_->status().ok() ? Code::not_found : code_of(iterator_->status());
  }

  std::unique_ptr<rdb::Iterator> iterator_;
  const bool* closed_;
  bool placed_ = false;
  std::vector<std::byte> prefix_;
};

/// A cursor on a table that the store does not have, or behind an ended transaction.
class NoCursor final : public Cursor {
 public:
  explicit NoCursor(Code code) : code_(code) {}

  Code seek(Key) override { return code_; }

  Code seek_prefix(Key) override { return code_; }

  Code next() override { return code_; }

  Key key() const override { return {}; }

  View value() const override { return {}; }

 private:
  Code code_;
};

class RocksStore final : public Store {
 public:
  explicit RocksStore(const StoreOptions& options);

  ~RocksStore() override { close(); }

  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override;
  std::vector<std::string> tables() override;
  std::unique_ptr<Snapshot> snapshot() override;
  std::unique_ptr<Transaction> begin() override;
  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override;
  void sync() override;
  TableStats table_stats(TableId table) override;
  std::uint64_t size_on_disk() override;
  void drop_caches() override;
  void compact_copy(const fs::path& path) override;
  std::uint64_t verify() override;

  // For the snapshots and transactions of this file.
  rdb::DB& db() noexcept { return *db_; }

  const rdb::Options& sst_options() const noexcept { return sst_options_; }

  rdb::ColumnFamilyHandle* family(TableId table) const noexcept {
    const auto index = static_cast<std::size_t>(table);
    return index < max_tables ? families_[index].load(std::memory_order_acquire) : nullptr;
  }

  rdb::ReadOptions read_options(const rdb::Snapshot* snapshot) const {
    rdb::ReadOptions options;
    options.snapshot = snapshot;
    options.verify_checksums = !mapped_;
    return options;
  }

  const rdb::Snapshot* take_snapshot() {
    ++snapshots_;
    return db_->GetSnapshot();
  }

  void release_snapshot(const rdb::Snapshot* snapshot) noexcept {
    db_->ReleaseSnapshot(snapshot);
    --snapshots_;
  }

  WriterLock& writer() noexcept { return writer_; }

  const fs::path& path() const noexcept { return options_.path; }

  fs::path new_bulk_file();
  void require_writable() const;

 private:
  rdb::ColumnFamilyOptions family_options() const;
  rdb::DBOptions db_options() const;
  void open();
  void close() noexcept;
  void refuse_unflushed();
  std::uint64_t live_bytes(rdb::ColumnFamilyHandle* family) const;

  StoreOptions options_;
  bool mapped_;  // files are mapped, and values stay in place
  Traits traits_;
  std::shared_ptr<rdb::Cache> cache_;
  rdb::Options sst_options_;
  std::unique_ptr<rdb::DB> db_;
  WriterLock writer_;
  std::mutex tables_mutex_;
  std::vector<std::string> names_;  // by TableId
  std::array<std::atomic<rdb::ColumnFamilyHandle*>, max_tables> families_{};
  rdb::ColumnFamilyHandle* default_family_ = nullptr;
  std::atomic<int> snapshots_{0};
  std::atomic<std::uint64_t> bulk_files_{0};
};

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(RocksStore& store)
      : store_(&store),
        snapshot_(store.take_snapshot()),
        options_(store.read_options(snapshot_)),
        stable_(store.traits().view_life == ViewLife::snapshot) {}

  ~RocksSnapshot() override { store_->release_snapshot(snapshot_); }

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    view = {};
    rdb::ColumnFamilyHandle* const family = store_->family(table);
    if (family == nullptr) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    return read(family, key, pins_of(scope, this), view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    rdb::ColumnFamilyHandle* const family = store_->family(table);
    if (family == nullptr || keys.size() != views.size()) return Code::invalid_argument;
    for (const Key& key : keys) {
      if (!legal_key(key)) return Code::key_size;
    }
    SlicePins& pins = pins_of(scope, this);
    pins.keys.clear();
    for (const Key& key : keys) pins.keys.push_back(to_slice(key));
    pins.statuses.resize(keys.size());
    rdb::PinnableSlice* const slices = pins.take(keys.size());
    store_->db().MultiGet(options_, family, keys.size(), pins.keys.data(), slices,
                          pins.statuses.data());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const rdb::Status& status = pins.statuses[i];
      views[i] = status.ok() ? to_view(slices[i]) : View{};
      if (!status.ok() && !status.IsNotFound()) return code_of(status);
    }
    return Code::ok;
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    rdb::ColumnFamilyHandle* const family = store_->family(table);
    if (family == nullptr) return std::make_unique<NoCursor>(Code::invalid_argument);
    return std::make_unique<RocksCursor>(
        std::unique_ptr<rdb::Iterator>(store_->db().NewIterator(options_, family)), nullptr);
  }

  ViewLife view_life() const noexcept override {
    return stable_ ? ViewLife::snapshot : ViewLife::scope;
  }

 private:
  Code read(rdb::ColumnFamilyHandle* family, Key key, SlicePins& pins, View& view) const {
    rdb::PinnableSlice* const slice = pins.take(1);
    const rdb::Status status = store_->db().Get(options_, family, to_slice(key), slice);
    if (status.ok()) view = to_view(*slice);
    // A pin into the map needs no holding: the table is never closed before the database is.
    if (stable_ && status.ok() && slice->IsPinned()) slice->Reset();
    return code_of(status);
  }

  RocksStore* store_;
  const rdb::Snapshot* snapshot_;
  rdb::ReadOptions options_;
  bool stable_;
};

class RocksTransaction final : public Transaction {
 public:
  explicit RocksTransaction(RocksStore& store)
      : hold_(store.writer()), store_(&store), batch_(rdb::BytewiseComparator(), 0, true) {
    store.require_writable();
  }

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    view = {};
    if (const Code code = usable(table, key); code != Code::ok) return code;
    put_reserved();
    rdb::PinnableSlice* const slice = pins_of(scope, this).take(1);
    const rdb::Status status =
        batch_.GetFromBatchAndDB(&store_->db(), {}, store_->family(table), to_slice(key), slice);
    if (status.ok()) view = to_view(*slice);
    return code_of(status);
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
    rdb::ColumnFamilyHandle* const family = store_->family(table);
    if (family == nullptr) return std::make_unique<NoCursor>(Code::invalid_argument);
    put_reserved();
    return std::make_unique<RocksCursor>(iterate(family), &closed_);
  }

  ViewLife view_life() const noexcept override { return ViewLife::scope; }

  Code put(TableId table, Key key, Bytes value) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    if (value.size() > max_value_size) return Code::invalid_argument;
    put_reserved();
    note_last(table, key);
    return code_of(batch_.Put(store_->family(table), to_slice(key), to_slice(value)));
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    if (size > max_value_size) return Code::invalid_argument;
    put_reserved();
    note_last(table, key);
    reserved_ = {store_->family(table), {key.begin(), key.end()}, std::vector<std::byte>(size)};
    out = reserved_.value;
    return Code::ok;
  }

  Code append(TableId table, Key key, Bytes value) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    put_reserved();
    Last& last = last_[static_cast<std::size_t>(table)];
    if (!last.known) {
      const std::unique_ptr<rdb::Iterator> end = iterate(store_->family(table));
      end->SeekToLast();
      if (end->Valid()) last.key.assign(to_bytes(end->key()).begin(), to_bytes(end->key()).end());
      last.known = true;
    }
    if (!key_less(last.key, key)) return Code::invalid_argument;
    return put(table, key, value);
  }

  Code erase(TableId table, Key key) override {
    if (const Code code = usable(table, key); code != Code::ok) return code;
    put_reserved();
    last_[static_cast<std::size_t>(table)] = {};
    return code_of(batch_.Delete(store_->family(table), to_slice(key)));
  }

  Code erase_range(TableId table, Key from, Key to) override {
    if (closed_) return Code::closed;
    rdb::ColumnFamilyHandle* const family = store_->family(table);
    if (family == nullptr) return Code::invalid_argument;
    put_reserved();
    last_[static_cast<std::size_t>(table)] = {};
    // WriteBatchWithIndex has no DeleteRange; collected first, since a change ends an iterator.
    std::vector<std::string> doomed;
    const std::unique_ptr<rdb::Iterator> at = iterate(family);
    if (from.empty()) {
      at->SeekToFirst();
    } else {
      at->Seek(to_slice(from));
    }
    for (; at->Valid() && (to.empty() || key_less(to_bytes(at->key()), to)); at->Next()) {
      doomed.push_back(at->key().ToString());
    }
    if (!at->status().ok()) return code_of(at->status());
    for (const std::string& key : doomed) {
      if (const rdb::Status status = batch_.Delete(family, key); !status.ok())
        return code_of(status);
    }
    return Code::ok;
  }

  void commit(Durability durability) override {
    if (closed_) throw Error(Code::closed, "the transaction has ended already");
    put_reserved();
    closed_ = true;
    rdb::WriteOptions options;
    options.sync = durability == Durability::power;
    const rdb::Status status = store_->db().Write(options, batch_.GetWriteBatch());
    hold_.release();
    check(status, "cannot commit; nothing was changed", store_->path());
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
    if (store_->family(table) == nullptr) return Code::invalid_argument;
    return legal_key(key) ? Code::ok : Code::key_size;
  }

  /// The caller has filled a reserved value by now: into the batch with it.
  void put_reserved() const {
    if (reserved_.family == nullptr) return;
    batch_.Put(reserved_.family, to_slice(reserved_.key), to_slice(reserved_.value));
    reserved_ = {};
  }

  void note_last(TableId table, Key key) {
    Last& last = last_[static_cast<std::size_t>(table)];
    if (last.known && key_less(last.key, key)) last.key.assign(key.begin(), key.end());
  }

  std::unique_ptr<rdb::Iterator> iterate(rdb::ColumnFamilyHandle* family) const {
    return std::unique_ptr<rdb::Iterator>(
        batch_.NewIteratorWithBase(family, store_->db().NewIterator({}, family)));
  }

  WriterLock::Hold hold_;
  RocksStore* store_;
  mutable rdb::WriteBatchWithIndex batch_;
  mutable Reserved reserved_;
  std::map<std::size_t, Last> last_;
  bool closed_ = false;
};

/// Sorted files outside of the database until publish() takes all of them in at once.
class RocksBulk final : public Bulk {
 public:
  RocksBulk(RocksStore& store, std::span<const TableId> tables)
      : hold_(store.writer()), store_(&store) {
    store.require_writable();
    for (const TableId table : tables) {
      rdb::ColumnFamilyHandle* const family = store.family(table);
      if (family == nullptr) throw Error(Code::invalid_argument, "no such table");
      const std::unique_ptr<rdb::Iterator> present(store.db().NewIterator({}, family));
      present->SeekToFirst();
      if (present->Valid()) {
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.path = store.path().string(), .table = family->GetName()});
      }
      parts_[table].family = family;
    }
  }

  ~RocksBulk() override {
    parts_visit([](Part& part) {
      part.writer.reset();
      std::error_code ignored;
      if (!part.file.empty()) fs::remove(part.file, ignored);
    });
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto found = parts_.find(table);
    if (found == parts_.end()) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    Part& part = found->second;
    if (!key_less(part.last, key)) return Code::invalid_argument;
    rdb::Status status;
    if (!part.writer) {
      part.file = store_->new_bulk_file();
      part.writer = std::make_unique<rdb::SstFileWriter>(rdb::EnvOptions(), store_->sst_options(),
                                                         part.family);
      status = part.writer->Open(part.file.string());
    }
    if (status.ok()) status = part.writer->Put(to_slice(key), to_slice(value));
    if (!status.ok() && failure_.ok()) failure_ = status;
    part.last.assign(key.begin(), key.end());
    return code_of(status);
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    closed_ = true;
    check(failure_, "the bulk load failed and changed nothing", store_->path());
    std::vector<rdb::IngestExternalFileArg> arguments;
    parts_visit([&](Part& part) {
      if (!part.writer) return;
      check(part.writer->Finish(), "the bulk load failed and changed nothing", store_->path());
      rdb::IngestExternalFileArg argument;
      argument.column_family = part.family;
      argument.external_files = {part.file.string()};
      argument.options.move_files = true;
      argument.options.write_global_seqno = false;
      arguments.push_back(std::move(argument));
    });
    if (!arguments.empty()) {
      check(store_->db().IngestExternalFiles(arguments), "the bulk load failed and changed nothing",
            store_->path());
    }
    hold_.release();
  }

 private:
  struct Part {
    rdb::ColumnFamilyHandle* family = nullptr;
    fs::path file;
    std::unique_ptr<rdb::SstFileWriter> writer;
    std::vector<std::byte> last;
  };

  template <class Visit>
  void parts_visit(Visit&& visit) {
    for (auto& [table, part] : parts_) visit(part);
  }

  WriterLock::Hold hold_;
  RocksStore* store_;
  std::map<TableId, Part> parts_;
  rdb::Status failure_;
  bool closed_ = false;
};

struct Compression {
  std::string_view name;
  rdb::CompressionType type;
};

constexpr std::array<Compression, 4> compressions = {{{"none", rdb::kNoCompression},
                                                      {"lz4", rdb::kLZ4Compression},
                                                      {"zstd", rdb::kZSTD},
                                                      {"snappy", rdb::kSnappyCompression}}};

/// Of a name that check_rocksdb_compression() let pass.
rdb::CompressionType compression_of(std::string_view name) {
  for (const Compression& each : compressions) {
    if (each.name == name) return each.type;
  }
  return rdb::kNoCompression;
}

RocksStore::RocksStore(const StoreOptions& options)
    : options_(options),
      mapped_(options.read_only && options.mmap && options.compression == "none"),
      traits_{"rocksdb", mapped_ ? ViewLife::snapshot : ViewLife::scope, true, options.read_only,
              0},
      cache_(rdb::NewLRUCache(options.cache_bytes)) {
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
  sst_options_ = rdb::Options(db_options(), family_options());
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

rdb::ColumnFamilyOptions RocksStore::family_options() const {
  rdb::BlockBasedTableOptions table;
  table.block_cache = cache_;
  table.block_size = options_.block_bytes;
  table.format_version = 5;
  table.data_block_index_type = rdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.data_block_hash_table_util_ratio = 0.75;
  // By default no filter: graphs ask for keys that are there.
  if (options_.bloom_bits > 0) {
    table.filter_policy.reset(rdb::NewBloomFilterPolicy(options_.bloom_bits));
  }
  rdb::ColumnFamilyOptions family;
  family.table_factory.reset(rdb::NewBlockBasedTableFactory(table));
  family.compression = compression_of(options_.compression);
  family.bottommost_compression = family.compression;
  return family;
}

rdb::DBOptions RocksStore::db_options() const {
  rdb::DBOptions db;
  db.create_if_missing = options_.create;
  db.info_log_level = rdb::WARN_LEVEL;
  db.keep_log_file_num = 1;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.max_open_files = -1;  // tables stay open, and in read-only mode their maps stay in place
  db.allow_mmap_reads = mapped_;
  db.advise_random_on_open = !options_.read_ahead;
  return db;
}

void RocksStore::open() {
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
      {rdb::kDefaultColumnFamilyName, family_options()}};
  for (const std::string& name : names_) descriptors.emplace_back(name, family_options());
  std::vector<rdb::ColumnFamilyHandle*> handles;
  rdb::DB* db = nullptr;
  check(options_.read_only
            ? rdb::DB::OpenForReadOnly(db_options(), path, descriptors, &handles, &db)
            : rdb::DB::Open(db_options(), path, descriptors, &handles, &db),
        "cannot open the RocksDB store", options_.path);
  db_.reset(db);
  default_family_ = handles[0];
  for (std::size_t i = 1; i < handles.size(); ++i) families_[i - 1] = handles[i];
}

void RocksStore::close() noexcept {
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

void RocksStore::refuse_unflushed() {
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

void RocksStore::require_writable() const {
  if (options_.read_only) {
    throw Error(Code::unsupported, "the store is open for reading only",
                {.path = options_.path.string()});
  }
}

fs::path RocksStore::new_bulk_file() {
  const fs::path folder = options_.path / bulk_folder;
  std::error_code ignored;  // opening the file will tell
  fs::create_directories(folder, ignored);
  return folder / fmt::format("{}.sst", ++bulk_files_);
}

TableId RocksStore::table(std::string_view name) {
  check_table_name(name);
  const std::string copy(name);
  const auto find = [&]() -> std::optional<TableId> {
    const std::lock_guard guard(tables_mutex_);
    const auto found = std::find(names_.begin(), names_.end(), copy);
    if (found == names_.end()) return std::nullopt;
    return static_cast<TableId>(found - names_.begin());
  };
  if (const auto known = find()) return *known;
  if (options_.read_only) {
    throw Error(Code::not_found, "the store has no such table",
                {.path = options_.path.string(), .table = copy});
  }
  if (copy == rdb::kDefaultColumnFamilyName) {
    throw Error(Code::invalid_argument, "`default` is RocksDB's own table", {.table = copy});
  }
  const WriterLock::Hold hold(writer_);
  if (const auto known = find()) return *known;
  const std::lock_guard guard(tables_mutex_);
  if (names_.size() == max_tables) {
    throw Error(Code::full, fmt::format("the store has {} tables already", max_tables),
                {.path = options_.path.string()});
  }
  rdb::ColumnFamilyHandle* handle = nullptr;
  check(db_->CreateColumnFamily(family_options(), copy, &handle), "cannot make table " + copy,
        options_.path);
  families_[names_.size()].store(handle, std::memory_order_release);
  names_.push_back(copy);
  return static_cast<TableId>(names_.size() - 1);
}

std::vector<std::string> RocksStore::tables() {
  const std::lock_guard guard(tables_mutex_);
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::unique_ptr<Snapshot> RocksStore::snapshot() { return std::make_unique<RocksSnapshot>(*this); }

std::unique_ptr<Transaction> RocksStore::begin() {
  return std::make_unique<RocksTransaction>(*this);
}

std::unique_ptr<Bulk> RocksStore::bulk(std::span<const TableId> tables) {
  return std::make_unique<RocksBulk>(*this, tables);
}

void RocksStore::sync() {
  if (!options_.read_only) check(db_->FlushWAL(true), "cannot sync", options_.path);
}

TableStats RocksStore::table_stats(TableId table) {
  rdb::ColumnFamilyHandle* const family = this->family(table);
  if (family == nullptr) throw Error(Code::invalid_argument, "no such table");
  if (!options_.read_only) {
    check(db_->Flush(rdb::FlushOptions(), family), "cannot flush", options_.path);
  }
  rdb::TablePropertiesCollection files;
  check(db_->GetPropertiesOfAllTables(family, &files), "cannot read sizes", options_.path);
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
  stats.disk_bytes = live_bytes(family);
  return stats;
}

std::uint64_t RocksStore::live_bytes(rdb::ColumnFamilyHandle* family) const {
  std::uint64_t bytes = 0;
  db_->GetIntProperty(family, rdb::DB::Properties::kLiveSstFilesSize, &bytes);
  return bytes;
}

std::uint64_t RocksStore::size_on_disk() {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(options_.path)) {
    struct stat status {};

    if (::lstat(entry.path().c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
    }
  }
  return bytes;
}

void RocksStore::drop_caches() {
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

void RocksStore::compact_copy(const fs::path& path) {
  require_writable();
  if (fs::exists(path)) {
    throw Error(Code::invalid_argument, "the directory of a copy must not exist",
                {.path = path.string()});
  }
  for (std::size_t i = 0; i < names_.size(); ++i) {
    rdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rdb::BottommostLevelCompaction::kForce;
    check(db_->CompactRange(all, families_[i].load(), nullptr, nullptr), "cannot compact",
          options_.path);
  }
  rdb::Checkpoint* checkpoint = nullptr;
  check(rdb::Checkpoint::Create(db_.get(), &checkpoint), "cannot copy", options_.path);
  const std::unique_ptr<rdb::Checkpoint> owned(checkpoint);
  check(owned->CreateCheckpoint(path.string()), "cannot copy", path);
}

std::uint64_t RocksStore::verify() {
  check(db_->VerifyChecksum(), "a checksum is wrong", options_.path);
  std::uint64_t records = 0;
  for (const std::string& name : tables()) {
    const RocksSnapshot snapshot(*this);
    const std::unique_ptr<Cursor> cursor = snapshot.cursor(table(name));
    Code code = cursor->seek({});
    for (; code == Code::ok; code = cursor->next()) ++records;
    if (code != Code::not_found) {
      throw Error(Code::corrupt, "the table cannot be read to its end",
                  {.path = options_.path.string(), .table = name});
    }
  }
  return records;
}

}  // namespace

std::unique_ptr<Store> open_rocksdb_store(const StoreOptions& options) {
  return std::make_unique<RocksStore>(options);
}

void check_rocksdb_compression(std::string_view name) {
  const std::vector<rdb::CompressionType> here = rdb::GetSupportedCompressions();
  std::vector<std::string_view> known;
  for (const Compression& each : compressions) {
    if (std::find(here.begin(), here.end(), each.type) == here.end()) continue;
    if (each.name == name) return;
    known.push_back(each.name);
  }
  throw Error(Code::invalid_argument, unknown_name("compression of rocksdb", name, known));
}

std::string_view rocksdb_version() {
  static const std::string version =
      fmt::format("{}.{}.{}", ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH);
  return version;
}

}  // namespace skerry::kv
