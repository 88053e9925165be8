#include "kv/lmdb_environment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <lmdb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/error.h"
#include "kv/lmdb_file.h"
#include "kv/lmdb_open_paths.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_val.h"

namespace skerry::kv {

namespace fs = std::filesystem;

LmdbEnvironment::LmdbEnvironment(const StoreOptions& options) : options_(options) {
  std::error_code error;
  const bool present = fs::exists(options.path / "data.mdb", error);
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
    open();
  } catch (...) {
    OpenPaths::instance().remove(path_);
    throw;
  }
}

LmdbEnvironment::~LmdbEnvironment() {
  close();
  OpenPaths::instance().remove(path_);
}

void LmdbEnvironment::open() {
  const fs::path data = data_file();
  if (fs::exists(data) && fs::file_size(data) > 0) check_lmdb_file(data);
  map_size_ =
      std::max<std::uint64_t>(map_size_, std::max<std::uint64_t>(options_.map_size, 64 << 10));
  // MDB_NOTLS: a read transaction belongs to its object, not to a thread.
  const unsigned flags = MDB_NOTLS | (options_.read_only ? MDB_RDONLY : 0U) |
                         (options_.read_ahead ? 0U : MDB_NORDAHEAD);
  for (;;) {
    check_lmdb(mdb_env_create(&env_), "cannot make an LMDB environment", path_);
    mdb_env_set_mapsize(env_, map_size_);
    mdb_env_set_maxreaders(env_, options_.max_readers);
    mdb_env_set_maxdbs(env_, options_.max_tables);
    const int rc = mdb_env_open(env_, path_.c_str(), flags, 0644);
    if (rc == MDB_SUCCESS) break;
    mdb_env_close(env_);
    env_ = nullptr;
    constexpr std::uint64_t least = std::uint64_t{1} << 28;
    if (rc != ENOMEM || map_size_ / 2 < least) fail_lmdb(rc, "cannot open the LMDB store", path_);
    map_size_ /= 2;
  }
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  map_size_ = info.me_mapsize;
  MDB_stat stat;
  mdb_env_stat(env_, &stat);
  page_size_ = stat.ms_psize;
  // Readers that died with a slot keep old pages from being used again.
  int dead = 0;
  mdb_reader_check(env_, &dead);
}

void LmdbEnvironment::close() noexcept {
  if (env_ == nullptr) return;
  mdb_env_close(env_);
  env_ = nullptr;
}

void LmdbEnvironment::grow_map() {
  const std::lock_guard guard(resize_);
  if (snapshots_ > 0) {
    throw Error(Code::busy,
                fmt::format("the map of {} bytes is full and cannot grow while {} "
                            "snapshots of this process are live; nothing was changed",
                            map_size_, snapshots_.load()),
                {.path = path_.string()});
  }
  check_lmdb(mdb_env_set_mapsize(env_, 2 * map_size_), "cannot grow the map", path_);
  map_size_ *= 2;
  map_full_ = false;
}

MDB_txn* LmdbEnvironment::begin_reading() {
  const std::lock_guard guard(resize_);
  MDB_txn* txn = nullptr;
  int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (rc == MDB_READERS_FULL) {
    int dead = 0;
    mdb_reader_check(env_, &dead);
    rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  }
  if (rc == MDB_MAP_RESIZED && snapshots_ == 0) {  // by another process
    check_lmdb(mdb_env_set_mapsize(env_, 0), "cannot follow the map's new size", path_);
    rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  }
  check_lmdb(rc, "cannot begin a snapshot", path_);
  ++snapshots_;
  return txn;
}

void LmdbEnvironment::end_reading(MDB_txn* txn) noexcept {
  mdb_txn_abort(txn);
  --snapshots_;
}

MDB_txn* LmdbEnvironment::begin_writing() {
  if (options_.read_only) {
    throw Error(Code::unsupported, "the store is open for reading only", {.path = path_.string()});
  }
  if (map_full_) grow_map();
  MDB_txn* txn = nullptr;
  int rc = mdb_txn_begin(env_, nullptr, 0, &txn);
  if (rc == MDB_MAP_RESIZED) {
    const std::lock_guard guard(resize_);
    if (snapshots_ == 0) {
      check_lmdb(mdb_env_set_mapsize(env_, 0), "cannot follow the map's new size", path_);
      rc = mdb_txn_begin(env_, nullptr, 0, &txn);
    }
  }
  check_lmdb(rc, "cannot begin a transaction", path_);
  return txn;
}

void LmdbEnvironment::commit(MDB_txn* txn, Durability durability) {
  durability = std::min(durability, options_.most);
  // Flags are the environment's; the writer lock keeps others from committing under ours.
  const unsigned relaxed = durability == Durability::power     ? 0U
                           : durability == Durability::ordered ? unsigned{MDB_NOMETASYNC}
                                                               : unsigned{MDB_NOSYNC};
  if (relaxed != 0) mdb_env_set_flags(env_, relaxed, 1);
  const int rc = mdb_txn_commit(txn);
  if (relaxed != 0) mdb_env_set_flags(env_, relaxed, 0);
  if (rc == MDB_MAP_FULL) map_filled();
  check_lmdb(rc, "cannot commit; nothing was changed", path_);
}

void LmdbEnvironment::sync() { check_lmdb(mdb_env_sync(env_, 1), "cannot sync", path_); }

std::vector<EngineCounter> LmdbEnvironment::counters() {
  const std::lock_guard guard(resize_);
  MDB_txn* txn = nullptr;
  check_lmdb(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "cannot read the counters", path_);
  std::uint64_t depth = 0;
  {
    const std::lock_guard names_guard(names_mutex_);
    for (std::size_t dbi = 0; dbi < names_.size(); ++dbi) {
      MDB_stat stat;
      if (names_[dbi].empty()) continue;
      // Fails where the table was made after the transaction began.
      if (mdb_stat(txn, static_cast<MDB_dbi>(dbi), &stat) != MDB_SUCCESS) continue;
      depth = std::max<std::uint64_t>(depth, stat.ms_depth);
    }
  }
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  mdb_txn_abort(txn);
  return {{"pages", info.me_last_pgno + 1, CounterKind::level},
          {"last_commit", info.me_last_txnid, CounterKind::level},
          {"reader_slots", info.me_numreaders, CounterKind::level},
          {"depth", depth, CounterKind::level}};
}

void LmdbEnvironment::drop_caches() {
  const WriterLock::Hold hold(writer_);
  const std::lock_guard guard(resize_);
  if (snapshots_ > 0) {
    throw Error(Code::busy, fmt::format("{} snapshots are live", snapshots_.load()),
                {.path = path_.string()});
  }
  // Mapped pages are never dropped, so the map has to go first.
  sync();
  close();
  const fs::path data = data_file();
  const int descriptor = ::open(data.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    ::fdatasync(descriptor);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
  }
  open();
  reopen_tables();
}

}  // namespace skerry::kv
