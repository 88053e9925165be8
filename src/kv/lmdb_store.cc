#include "kv/lmdb_store.h"

#include <fmt/format.h>
#include <lmdb.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/error.h"
#include "kv/lmdb_bulk.h"
#include "kv/lmdb_environment.h"
#include "kv/lmdb_file.h"
#include "kv/lmdb_snapshot.h"
#include "kv/lmdb_status.h"
#include "kv/lmdb_transaction.h"
#include "kv/lmdb_val.h"
#include "kv/read_through.h"

namespace skerry::kv {

namespace {

namespace fs = std::filesystem;

class LmdbStore final : public Store {
 public:
  explicit LmdbStore(const StoreOptions& options)
      : environment_(options),
        traits_{"lmdb", ViewLife::snapshot, true, options.read_only, environment_.page_size()} {}

  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override { return environment_.table(name); }

  bool has_table(std::string_view name) override { return environment_.has_table(name); }

  std::vector<std::string> tables() override { return environment_.tables(); }

  std::unique_ptr<Snapshot> snapshot() override { return lmdb_snapshot(environment_); }

  std::unique_ptr<Transaction> begin() override { return lmdb_transaction(environment_); }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    return lmdb_bulk(environment_, tables);
  }

  void sync() override { environment_.sync(); }

  TableStats table_stats(TableId table) override {
    const std::unique_ptr<Snapshot> snapshot = this->snapshot();
    MDB_txn* txn = nullptr;
    check_lmdb(mdb_txn_begin(environment_.env(), nullptr, MDB_RDONLY, &txn), "cannot read sizes",
               environment_.path());
    MDB_stat stat;
    const int rc = mdb_stat(txn, lmdb_dbi(table), &stat);
    mdb_txn_abort(txn);
    check_lmdb(rc, "cannot read the table's sizes", environment_.path());
    TableStats stats;
    stats.entries = stat.ms_entries;
    stats.depth = stat.ms_depth;
    stats.branch_pages = stat.ms_branch_pages;
    stats.leaf_pages = stat.ms_leaf_pages;
    stats.overflow_pages = stat.ms_overflow_pages;
    stats.disk_bytes = (stats.branch_pages + stats.leaf_pages + stats.overflow_pages) *
                       std::uint64_t{stat.ms_psize};
    const std::unique_ptr<Cursor> cursor = snapshot->cursor(table);
    for (Code code = cursor->seek({}); code == Code::ok; code = cursor->next()) {
      stats.key_bytes += cursor->key().size();
      stats.value_bytes += cursor->value().size;
    }
    return stats;
  }

  std::vector<EngineCounter> engine_counters() override { return environment_.counters(); }

  std::uint64_t size_on_disk() override {
    struct stat status {};

    const fs::path data = environment_.data_file();
    if (::stat(data.c_str(), &status) != 0) {
      throw Error(Code::io, fmt::format("cannot read the file's size: {}", std::strerror(errno)),
                  {.path = data.string()});
    }
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
  }

  void drop_caches() override { environment_.drop_caches(); }

  void compact_copy(const fs::path& path) override {
    std::error_code error;
    if (!fs::create_directories(path, error)) {
      throw Error(error ? Code::io : Code::invalid_argument,
                  error ? "cannot make the directory: " + error.message()
                        : "the directory of a copy must not exist",
                  {.path = path.string()});
    }
    check_lmdb(mdb_env_copy2(environment_.env(), path.c_str(), MDB_CP_COMPACT), "cannot copy",
               path);
  }

  std::uint64_t verify() override {
    check_lmdb_file(environment_.data_file());
    return read_through(*this, environment_.path());
  }

 private:
  LmdbEnvironment environment_;
  Traits traits_;
};

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
