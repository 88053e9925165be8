#include "kv/lmdb_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <system_error>

#include "kv/lmdb_file.h"
#include "kv/names.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view data_file = "data.mdb";
constexpr std::size_t max_value_size = 0xffffffffU;

Code code_of(int rc) noexcept {
  switch (rc) {
    case MDB_SUCCESS: return Code::ok;
    case MDB_NOTFOUND: return Code::not_found;
    case MDB_MAP_FULL:
    case MDB_DBS_FULL:
    case MDB_READERS_FULL:
    case MDB_TXN_FULL: return Code::full;
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_PANIC:
    case MDB_INVALID: return Code::corrupt;
    case MDB_VERSION_MISMATCH: return Code::version;
    case MDB_BAD_VALSIZE: return Code::key_size;
    case MDB_MAP_RESIZED:
    case EBUSY:
    case EAGAIN: return Code::busy;
    case ENOSPC:
    case EDQUOT: return Code::no_space;
    case ENOENT: return Code::not_found;
    case MDB_INCOMPATIBLE:
    case MDB_BAD_DBI:
    case EINVAL: return Code::invalid_argument;
    case MDB_BAD_TXN: return Code::closed;
    default: return Code::io;
  }
}

[[noreturn]] void fail(int rc, std::string_view doing, const fs::path& path) {
  throw Error(code_of(rc), fmt::format("{}: {}", doing, mdb_strerror(rc)), {.path = path.string()});
}

void check(int rc, std::string_view doing, const fs::path& path) {
  if (rc != MDB_SUCCESS) fail(rc, doing, path);
}

MDB_val to_val(Bytes bytes) noexcept {
  return {bytes.size(), const_cast<std::byte*>(bytes.data())};
}

View to_view(const MDB_val& val) noexcept {
  return {static_cast<const std::byte*>(val.mv_data), val.mv_size};
}

Bytes to_bytes(const MDB_val& val) noexcept {
  return {static_cast<const std::byte*>(val.mv_data), val.mv_size};
}

MDB_dbi dbi_of(TableId table) noexcept { return static_cast<MDB_dbi>(table); }

Code get_from(MDB_txn* txn, TableId table, Key key, View& view) noexcept {
  view = {};
  if (!legal_key(key)) return Code::key_size;
  MDB_val k = to_val(key);
  MDB_val v;
  const int rc = mdb_get(txn, dbi_of(table), &k, &v);
  if (rc == MDB_SUCCESS) view = to_view(v);
  return code_of(rc);
}

Code multi_get_from(MDB_txn* txn, TableId table, std::span<const Key> keys,
                    std::span<View> views) noexcept {
  if (keys.size() != views.size()) return Code::invalid_argument;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Code code = get_from(txn, table, keys[i], views[i]);
    if (code != Code::ok && code != Code::not_found) return code;
  }
  return Code::ok;
}

class LmdbCursor final : public Cursor {
 public:
  /// `closed`, where given, tells that the transaction behind it has ended (LMDB then has closed
  /// the cursor of a writer itself).
  LmdbCursor(MDB_txn* txn, TableId table, const bool* closed) : closed_(closed) {
    if (closed_ && *closed_) return;
    failure_ = mdb_cursor_open(txn, dbi_of(table), &cursor_);
  }

  ~LmdbCursor() override {
    if (cursor_ && !(closed_ && *closed_)) mdb_cursor_close(cursor_);
  }

  Code seek(Key key) override {
    prefix_.clear();
    if (key.empty()) return go(MDB_FIRST);
    key_ = to_val(key);
    return go(MDB_SET_RANGE);
  }

  Code seek_prefix(Key prefix) override {
    const Code code = seek(prefix);
    prefix_.assign(prefix.begin(), prefix.end());
    return code == Code::ok ? check_prefix() : code;
  }

  Code next() override {
    if (closed_ && *closed_) return Code::closed;
    if (!placed_) return Code::not_found;
    return go(MDB_NEXT);
  }

  Key key() const override { return placed_ ? to_bytes(key_) : Key{}; }

  View value() const override { return placed_ ? to_view(value_) : View{}; }

 private:
  Code go(MDB_cursor_op operation) {
    placed_ = false;
    if (closed_ && *closed_) return Code::closed;
    if (cursor_ == nullptr) return code_of(failure_);
    const int rc = mdb_cursor_get(cursor_, &key_, &value_, operation);
    if (rc != MDB_SUCCESS) return rc == EINVAL ? Code::not_found : code_of(rc);
    placed_ = true;
    return check_prefix();
  }

  Code check_prefix() {
    if (starts_with(to_bytes(key_), prefix_)) return Code::ok;
    placed_ = false;
    return Code::not_found;
  }

  MDB_cursor* cursor_ = nullptr;
  int failure_ = MDB_BAD_TXN;
  const bool* closed_;
  MDB_val key_{};
  MDB_val value_{};
  bool placed_ = false;
  std::vector<std::byte> prefix_;
};

/// Paths of the environments that this process has open.
class OpenPaths {
 public:
  static OpenPaths& instance() {
    static OpenPaths paths;
    return paths;
  }

  bool add(const fs::path& path) {
    const std::lock_guard guard(mutex_);
    return paths_.insert(path).second;
  }

  void remove(const fs::path& path) {
    const std::lock_guard guard(mutex_);
    paths_.erase(path);
  }

 private:
  std::mutex mutex_;
  std::set<fs::path> paths_;
};

class LmdbStore final : public Store {
 public:
  explicit LmdbStore(const StoreOptions& options);
  ~LmdbStore() override;

  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override;
  std::vector<std::string> tables() override;
  std::unique_ptr<Snapshot> snapshot() override;
  std::unique_ptr<Transaction> begin() override;
  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override;

  void sync() override { check(mdb_env_sync(env_, 1), "cannot sync", path_); }

  TableStats table_stats(TableId table) override;
  std::uint64_t size_on_disk() override;
  void drop_caches() override;
  void compact_copy(const fs::path& path) override;
  std::uint64_t verify() override;

  // For the transactions of this file.
  MDB_txn* begin_reading();
  MDB_txn* begin_writing();
  void commit(MDB_txn* txn, Durability durability);

  void map_filled() noexcept { map_full_ = true; }

  void snapshot_ended() noexcept { --snapshots_; }

  WriterLock& writer() noexcept { return writer_; }

  const fs::path& path() const noexcept { return path_; }

 private:
  void open_environment();
  void close_environment() noexcept;
  void grow_map();

  StoreOptions options_;
  fs::path path_;
  Traits traits_{"lmdb", ViewLife::snapshot, true, false, 0};
  MDB_env* env_ = nullptr;
  std::uint64_t map_size_ = 0;
  WriterLock writer_;
  std::mutex resize_;  // held while a snapshot begins and while the map grows
  std::atomic<int> snapshots_{0};
  std::atomic<bool> map_full_{false};
  std::mutex tables_mutex_;
  std::vector<std::pair<std::string, MDB_dbi>> tables_;
};

class LmdbSnapshot final : public Snapshot {
 public:
  LmdbSnapshot(LmdbStore& store, MDB_txn* txn) : store_(&store), txn_(txn) {}

  ~LmdbSnapshot() override {
    mdb_txn_abort(txn_);
    store_->snapshot_ended();
  }

  Code get(TableId table, Key key, Scope&, View& view) const override {
    return get_from(txn_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return multi_get_from(txn_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    return std::make_unique<LmdbCursor>(txn_, table, nullptr);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

 private:
  LmdbStore* store_;
  MDB_txn* txn_;
};

class LmdbTransaction final : public Transaction {
 public:
  explicit LmdbTransaction(LmdbStore& store)
      : hold_(store.writer()), store_(&store), txn_(store.begin_writing()) {}

  ~LmdbTransaction() override { abort(); }

  Code get(TableId table, Key key, Scope&, View& view) const override {
    view = {};
    return closed_ ? Code::closed : get_from(txn_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return closed_ ? Code::closed : multi_get_from(txn_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    return std::make_unique<LmdbCursor>(txn_, table, &closed_);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

  Code put(TableId table, Key key, Bytes value) override { return write(table, key, value, 0); }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    MDB_val value{size, nullptr};
    const Code code = write(table, key, value, MDB_RESERVE);
    if (code == Code::ok) out = {static_cast<std::byte*>(value.mv_data), size};
    return code;
  }

  Code append(TableId table, Key key, Bytes value) override {
    // MDB_APPEND replaces the last record when the key equals its key; the contract refuses that.
    View present;
    if (!closed_ && get_from(txn_, table, key, present) == Code::ok) return Code::invalid_argument;
    return write(table, key, value, MDB_APPEND);
  }

  Code erase(TableId table, Key key) override {
    if (closed_) return Code::closed;
    if (!legal_key(key)) return Code::key_size;
    MDB_val k = to_val(key);
    const int rc = mdb_del(txn_, dbi_of(table), &k, nullptr);
    return rc == MDB_NOTFOUND ? Code::ok : finish(rc);
  }

  Code erase_range(TableId table, Key from, Key to) override {
    if (closed_) return Code::closed;
    MDB_cursor* cursor = nullptr;
    if (const int rc = mdb_cursor_open(txn_, dbi_of(table), &cursor); rc != 0) return finish(rc);
    MDB_val key = to_val(from);
    MDB_val value;
    int rc = mdb_cursor_get(cursor, &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
    while (rc == MDB_SUCCESS && (to.empty() || key_less(to_bytes(key), to))) {
      rc = mdb_cursor_del(cursor, 0);
      if (rc == MDB_SUCCESS) rc = mdb_cursor_get(cursor, &key, &value, MDB_GET_CURRENT);
      // Behind the last record GET_CURRENT has nothing to stand on.
      if (rc == EINVAL) rc = MDB_NOTFOUND;
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? Code::ok : finish(rc);
  }

  void commit(Durability durability) override {
    if (closed_) throw Error(Code::closed, "the transaction has ended already");
    closed_ = true;
    if (failed_ != MDB_SUCCESS) {
      mdb_txn_abort(txn_);
      hold_.release();
      fail(failed_, "the transaction failed before its commit and changed nothing", store_->path());
    }
    try {
      store_->commit(txn_, durability);
    } catch (...) {
      hold_.release();
      throw;
    }
    hold_.release();
  }

  void abort() noexcept override {
    if (closed_) return;
    closed_ = true;
    mdb_txn_abort(txn_);
    hold_.release();
  }

 private:
  Code write(TableId table, Key key, MDB_val& value, unsigned flags) {
    if (closed_) return Code::closed;
    if (!legal_key(key)) return Code::key_size;
    if (value.mv_size > max_value_size) return Code::invalid_argument;
    MDB_val k = to_val(key);
    const int rc = mdb_put(txn_, dbi_of(table), &k, &value, flags);
    if (rc == MDB_KEYEXIST) return Code::invalid_argument;  // MDB_APPEND below the last key
    return finish(rc);
  }

  Code write(TableId table, Key key, Bytes bytes, unsigned flags) {
    MDB_val value = to_val(bytes);
    return write(table, key, value, flags);
  }

  /// LMDB leaves a transaction unusable after some failures; it then can only be given up.
  Code finish(int rc) {
    if (rc == MDB_MAP_FULL) store_->map_filled();
    if (rc != MDB_SUCCESS && rc != MDB_BAD_VALSIZE && rc != EINVAL && failed_ == MDB_SUCCESS) {
      failed_ = rc;
    }
    return code_of(rc);
  }

  WriterLock::Hold hold_;
  LmdbStore* store_;
  MDB_txn* txn_;
  bool closed_ = false;
  int failed_ = MDB_SUCCESS;
};

/// One write transaction that appends. Nothing of it is in the file before publish().
class LmdbBulk final : public Bulk {
 public:
  LmdbBulk(LmdbStore& store, std::span<const TableId> tables)
      : hold_(store.writer()), store_(&store), txn_(store.begin_writing()) {
    for (const TableId table : tables) {
      MDB_stat stat;
      const int rc = mdb_stat(txn_, dbi_of(table), &stat);
      if (rc != MDB_SUCCESS || stat.ms_entries != 0) {
        mdb_txn_abort(txn_);
        if (rc != MDB_SUCCESS) fail(rc, "cannot load into this table", store.path());
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.path = store.path().string()});
      }
    }
    allowed_.assign(tables.begin(), tables.end());
    last_.resize(tables.size());
  }

  ~LmdbBulk() override {
    if (!closed_) mdb_txn_abort(txn_);
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto found = std::find(allowed_.begin(), allowed_.end(), table);
    if (found == allowed_.end()) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    // MDB_APPEND compares with the last key only loosely (an equal key replaces).
    std::vector<std::byte>& last = last_[static_cast<std::size_t>(found - allowed_.begin())];
    if (!key_less(last, key)) return Code::invalid_argument;
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    const int rc = mdb_put(txn_, dbi_of(table), &k, &v, MDB_APPEND);
    if (rc == MDB_MAP_FULL) store_->map_filled();
    if (rc != MDB_SUCCESS) {
      failed_ = failed_ == MDB_SUCCESS ? rc : failed_;
      return code_of(rc);
    }
    last.assign(key.begin(), key.end());
    return Code::ok;
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    closed_ = true;
    if (failed_ != MDB_SUCCESS) {
      mdb_txn_abort(txn_);
      fail(failed_, "the bulk load failed and changed nothing", store_->path());
    }
    store_->commit(txn_, Durability::power);
    hold_.release();
  }

 private:
  WriterLock::Hold hold_;
  LmdbStore* store_;
  MDB_txn* txn_;
  std::vector<TableId> allowed_;
  std::vector<std::vector<std::byte>> last_;
  bool closed_ = false;
  int failed_ = MDB_SUCCESS;
};

LmdbStore::LmdbStore(const StoreOptions& options) : options_(options) {
  traits_.read_only = options.read_only;
  const fs::path data = options.path / data_file;
  std::error_code error;
  const bool present = fs::exists(data, error);
  if (!present && (!options.create || options.read_only)) {
    throw Error(Code::not_found, "there is no LMDB store here", {.path = options.path.string()});
  }
  if (!present) {
    fs::create_directories(options.path, error);
    if (error) {
      throw Error(Code::io, "cannot make the directory: " + error.message(),
                  {.path = options.path.string()});
    }
  }
  path_ = fs::canonical(options.path);
  if (!OpenPaths::instance().add(path_)) {
    throw Error(Code::busy, "this process has the store open already", {.path = path_.string()});
  }
  try {
    open_environment();
  } catch (...) {
    OpenPaths::instance().remove(path_);
    throw;
  }
}

LmdbStore::~LmdbStore() {
  close_environment();
  OpenPaths::instance().remove(path_);
}

void LmdbStore::open_environment() {
  const fs::path data = path_ / data_file;
  if (fs::exists(data) && fs::file_size(data) > 0) check_lmdb_file(data);
  map_size_ =
      std::max<std::uint64_t>(map_size_, std::max<std::uint64_t>(options_.map_size, 64 << 10));
  // MDB_NOTLS: a read transaction belongs to its object, not to a thread.
  const unsigned flags = MDB_NOTLS | (options_.read_only ? MDB_RDONLY : 0U) |
                         (options_.read_ahead ? 0U : MDB_NORDAHEAD);
  for (;;) {
    check(mdb_env_create(&env_), "cannot make an LMDB environment", path_);
    mdb_env_set_mapsize(env_, map_size_);
    mdb_env_set_maxreaders(env_, options_.max_readers);
    mdb_env_set_maxdbs(env_, options_.max_tables);
    const int rc = mdb_env_open(env_, path_.c_str(), flags, 0644);
    if (rc == MDB_SUCCESS) break;
    mdb_env_close(env_);
    env_ = nullptr;
    constexpr std::uint64_t least = std::uint64_t{1} << 28;
    if (rc != ENOMEM || map_size_ / 2 < least) fail(rc, "cannot open the LMDB store", path_);
    map_size_ /= 2;
  }
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  map_size_ = info.me_mapsize;
  MDB_stat stat;
  mdb_env_stat(env_, &stat);
  traits_.page_size = stat.ms_psize;
  // Readers that died with a slot keep old pages from being used again.
  int dead = 0;
  mdb_reader_check(env_, &dead);
}

void LmdbStore::close_environment() noexcept {
  if (env_ == nullptr) return;
  mdb_env_close(env_);
  env_ = nullptr;
}

void LmdbStore::grow_map() {
  const std::lock_guard guard(resize_);
  if (snapshots_ > 0) {
    throw Error(Code::busy,
                fmt::format("the map of {} bytes is full and cannot grow while {} "
                            "snapshots of this process are live; nothing was changed",
                            map_size_, snapshots_.load()),
                {.path = path_.string()});
  }
  check(mdb_env_set_mapsize(env_, 2 * map_size_), "cannot grow the map", path_);
  map_size_ *= 2;
  map_full_ = false;
}

MDB_txn* LmdbStore::begin_reading() {
  const std::lock_guard guard(resize_);
  MDB_txn* txn = nullptr;
  int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (rc == MDB_READERS_FULL) {
    int dead = 0;
    mdb_reader_check(env_, &dead);
    rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  }
  if (rc == MDB_MAP_RESIZED && snapshots_ == 0) {  // by another process
    check(mdb_env_set_mapsize(env_, 0), "cannot follow the map's new size", path_);
    rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  }
  check(rc, "cannot begin a snapshot", path_);
  // A table's root is looked up on first use, which writes to the transaction. Done here, gets from
  // many threads only read it.
  const std::lock_guard tables_guard(tables_mutex_);
  for (const auto& [name, dbi] : tables_) {
    MDB_stat stat;
    if (const int found = mdb_stat(txn, dbi, &stat); found != MDB_SUCCESS) {
      mdb_txn_abort(txn);
      fail(found, "cannot read table " + name, path_);
    }
  }
  ++snapshots_;
  return txn;
}

MDB_txn* LmdbStore::begin_writing() {
  if (options_.read_only) {
    throw Error(Code::unsupported, "the store is open for reading only", {.path = path_.string()});
  }
  if (map_full_) grow_map();
  MDB_txn* txn = nullptr;
  int rc = mdb_txn_begin(env_, nullptr, 0, &txn);
  if (rc == MDB_MAP_RESIZED) {
    const std::lock_guard guard(resize_);
    if (snapshots_ == 0) {
      check(mdb_env_set_mapsize(env_, 0), "cannot follow the map's new size", path_);
      rc = mdb_txn_begin(env_, nullptr, 0, &txn);
    }
  }
  check(rc, "cannot begin a transaction", path_);
  return txn;
}

void LmdbStore::commit(MDB_txn* txn, Durability durability) {
  durability = std::min(durability, options_.most);
  // Flags are the environment's; the writer lock keeps others from committing under ours.
  const unsigned relaxed = durability == Durability::power     ? 0U
                           : durability == Durability::ordered ? unsigned{MDB_NOMETASYNC}
                                                               : unsigned{MDB_NOSYNC};
  if (relaxed != 0) mdb_env_set_flags(env_, relaxed, 1);
  const int rc = mdb_txn_commit(txn);
  if (relaxed != 0) mdb_env_set_flags(env_, relaxed, 0);
  if (rc == MDB_MAP_FULL) map_filled();
  check(rc, "cannot commit; nothing was changed", path_);
}

TableId LmdbStore::table(std::string_view name) {
  check_table_name(name);
  {
    const std::lock_guard guard(tables_mutex_);
    for (const auto& [known, dbi] : tables_) {
      if (known == name) return static_cast<TableId>(dbi);
    }
  }
  const std::string copy(name);
  MDB_dbi dbi = 0;
  // A handle becomes valid when the transaction that opened it commits.
  const auto open = [&](MDB_txn* txn, unsigned flags) {
    const int rc = mdb_dbi_open(txn, copy.c_str(), flags, &dbi);
    if (rc != MDB_SUCCESS) {
      mdb_txn_abort(txn);
      if (rc == MDB_NOTFOUND) {
        throw Error(Code::not_found, "the store has no such table",
                    {.path = path_.string(), .table = copy});
      }
      fail(rc, "cannot open table " + copy, path_);
    }
    check(mdb_txn_commit(txn), "cannot open table " + copy, path_);
  };
  if (options_.read_only) {
    const std::lock_guard guard(resize_);
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot open table " + copy, path_);
    open(txn, 0);
  } else {
    const WriterLock::Hold hold(writer_);
    open(begin_writing(), MDB_CREATE);
  }
  const std::lock_guard guard(tables_mutex_);
  tables_.emplace_back(copy, dbi);
  return static_cast<TableId>(dbi);
}

std::vector<std::string> LmdbStore::tables() {
  std::vector<std::string> names;
  const std::lock_guard guard(resize_);
  MDB_txn* txn = nullptr;
  check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot list tables", path_);
  MDB_dbi main = 0;
  MDB_cursor* cursor = nullptr;
  int rc = mdb_dbi_open(txn, nullptr, 0, &main);
  if (rc == MDB_SUCCESS) rc = mdb_cursor_open(txn, main, &cursor);
  if (rc == MDB_SUCCESS) {
    MDB_val key;
    MDB_val value;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) {
      names.emplace_back(as_text(to_bytes(key)));
    }
    mdb_cursor_close(cursor);
  }
  mdb_txn_abort(txn);
  check(rc, "cannot list tables", path_);
  return names;
}

std::unique_ptr<Snapshot> LmdbStore::snapshot() {
  return std::make_unique<LmdbSnapshot>(*this, begin_reading());
}

std::unique_ptr<Transaction> LmdbStore::begin() { return std::make_unique<LmdbTransaction>(*this); }

std::unique_ptr<Bulk> LmdbStore::bulk(std::span<const TableId> tables) {
  return std::make_unique<LmdbBulk>(*this, tables);
}

TableStats LmdbStore::table_stats(TableId table) {
  const LmdbSnapshot snapshot(*this, begin_reading());
  MDB_txn* txn = nullptr;
  check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot read sizes", path_);
  MDB_stat stat;
  const int rc = mdb_stat(txn, dbi_of(table), &stat);
  mdb_txn_abort(txn);
  check(rc, "cannot read the table's sizes", path_);
  TableStats stats;
  stats.entries = stat.ms_entries;
  stats.depth = stat.ms_depth;
  stats.branch_pages = stat.ms_branch_pages;
  stats.leaf_pages = stat.ms_leaf_pages;
  stats.overflow_pages = stat.ms_overflow_pages;
  stats.disk_bytes =
      (stats.branch_pages + stats.leaf_pages + stats.overflow_pages) * std::uint64_t{stat.ms_psize};
  const std::unique_ptr<Cursor> cursor = snapshot.cursor(table);
  for (Code code = cursor->seek({}); code == Code::ok; code = cursor->next()) {
    stats.key_bytes += cursor->key().size();
    stats.value_bytes += cursor->value().size;
  }
  return stats;
}

std::uint64_t LmdbStore::size_on_disk() {
  struct stat status {};

  const fs::path data = path_ / data_file;
  if (::stat(data.c_str(), &status) != 0) {
    throw Error(Code::io, fmt::format("cannot read the file's size: {}", std::strerror(errno)),
                {.path = data.string()});
  }
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

void LmdbStore::drop_caches() {
  const WriterLock::Hold hold(writer_);
  const std::lock_guard guard(resize_);
  if (snapshots_ > 0) {
    throw Error(Code::busy, fmt::format("{} snapshots are live", snapshots_.load()),
                {.path = path_.string()});
  }
  // Mapped pages are never dropped, so the map has to go first.
  sync();
  std::vector<std::string> names;
  for (const auto& [name, dbi] : tables_) names.push_back(name);
  close_environment();
  const fs::path data = path_ / data_file;
  const int descriptor = ::open(data.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    ::fdatasync(descriptor);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
  }
  open_environment();
  // Handles are numbered in the order of opening; the same order keeps every TableId.
  MDB_txn* txn = nullptr;
  check(mdb_txn_begin(env_, nullptr, options_.read_only ? unsigned{MDB_RDONLY} : 0U, &txn),
        "cannot reopen", path_);
  for (auto& [name, dbi] : tables_) {
    MDB_dbi again = 0;
    const int rc = mdb_dbi_open(txn, name.c_str(), 0, &again);
    if (rc != MDB_SUCCESS || again != dbi) {
      mdb_txn_abort(txn);
      fail(rc == MDB_SUCCESS ? MDB_BAD_DBI : rc, "cannot reopen table " + name, path_);
    }
  }
  check(mdb_txn_commit(txn), "cannot reopen", path_);
}

void LmdbStore::compact_copy(const fs::path& path) {
  std::error_code error;
  if (!fs::create_directories(path, error)) {
    throw Error(error ? Code::io : Code::invalid_argument,
                error ? "cannot make the directory: " + error.message()
                      : "the directory of a copy must not exist",
                {.path = path.string()});
  }
  check(mdb_env_copy2(env_, path.c_str(), MDB_CP_COMPACT), "cannot copy", path);
}

std::uint64_t LmdbStore::verify() {
  check_lmdb_file(path_ / data_file);
  std::uint64_t records = 0;
  for (const std::string& name : tables()) {
    const TableId id = table(name);
    const LmdbSnapshot snapshot(*this, begin_reading());
    const std::unique_ptr<Cursor> cursor = snapshot.cursor(id);
    Code code = cursor->seek({});
    for (; code == Code::ok; code = cursor->next()) ++records;
    if (code != Code::not_found) {
      throw Error(Code::corrupt, "the table cannot be read to its end",
                  {.path = path_.string(), .table = name});
    }
  }
  return records;
}

}  // namespace

std::unique_ptr<Store> open_lmdb_store(const StoreOptions& options) {
  return std::make_unique<LmdbStore>(options);
}

std::string_view lmdb_version() {
  static const std::string version =
      fmt::format("{}.{}.{}", MDB_VERSION_MAJOR, MDB_VERSION_MINOR, MDB_VERSION_PATCH);
  return version;
}

}  // namespace skerry::kv
