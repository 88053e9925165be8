#include <fmt/format.h>
#include <lmdb.h>

#include "base/error.h"
#include "benchmarks/store/side.h"
#include "kv/lmdb_bulk.h"
#include "kv/lmdb_environment.h"
#include "kv/lmdb_snapshot.h"
#include "kv/lmdb_transaction.h"
#include "kv/lmdb_val.h"

namespace skerry::benchmarks {

namespace {

void check(int rc) {
  if (rc != MDB_SUCCESS) throw Error(Code::io, fmt::format("LMDB: {}", mdb_strerror(rc)));
}

MDB_val val(Bytes bytes) noexcept { return {bytes.size(), const_cast<std::byte*>(bytes.data())}; }

class LmdbSide final : public Side {
 public:
  LmdbSide(MDB_env* env, MDB_dbi dbi) : env_(env), dbi_(dbi) {}

  ~LmdbSide() override { end_reading(); }

  LmdbSide(const LmdbSide&) = delete;
  LmdbSide& operator=(const LmdbSide&) = delete;

  void begin_reading() override {
    end_reading();
    check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &reading_));
  }

  void end_reading() override {
    if (reading_ != nullptr) mdb_txn_abort(reading_);
    reading_ = nullptr;
  }

  std::uint64_t get(std::span<const kv::Key> keys) override {
    std::uint64_t bytes = 0;
    for (const kv::Key& key : keys) {
      MDB_val k = val(key);
      MDB_val v;
      check(mdb_get(reading_, dbi_, &k, &v));
      bytes += v.mv_size;
    }
    return bytes;
  }

  /// LMDB has no call for many keys.
  std::uint64_t multi_get(std::span<const kv::Key> keys, std::size_t hop) override {
    return get(keys.first(keys.size() / hop * hop));
  }

  std::uint64_t scan(kv::Key from, std::size_t records) override {
    std::uint64_t bytes = 0;
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(reading_, dbi_, &cursor));
    MDB_val k = val(from);
    MDB_val v;
    int rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    for (std::size_t i = 0; i < records; ++i) {
      check(rc);
      bytes += k.mv_size + v.mv_size + *static_cast<const unsigned char*>(v.mv_data);
      rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    return bytes;
  }

  std::uint64_t put(std::span<const kv::Key> keys, Bytes value) override {
    check(mdb_env_set_flags(env_, MDB_NOSYNC, 1));
    for (const kv::Key& key : keys) {
      MDB_txn* txn = nullptr;
      check(mdb_txn_begin(env_, nullptr, 0, &txn));
      MDB_val k = val(key);
      MDB_val v = val(value);
      check(mdb_put(txn, dbi_, &k, &v, 0));
      check(mdb_txn_commit(txn));
    }
    check(mdb_env_set_flags(env_, MDB_NOSYNC, 0));
    return keys.size() * value.size();
  }

  std::uint64_t load(kv::TableId table, std::span<const kv::Key> keys, Bytes value) override {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &txn));
    for (const kv::Key& key : keys) {
      MDB_val k = val(key);
      MDB_val v = val(value);
      check(mdb_put(txn, kv::lmdb_dbi(table), &k, &v, MDB_APPEND));
    }
    check(mdb_txn_commit(txn));
    return keys.size() * value.size();
  }

 private:
  MDB_env* env_;
  MDB_dbi dbi_;
  MDB_txn* reading_ = nullptr;
};

class LmdbPair final : public Pair {
 public:
  explicit LmdbPair(const kv::StoreOptions& options)
      : environment_(options),
        raw_(environment_.env(), kv::lmdb_dbi(environment_.table(main_table))),
        interface_(interface_side(
            {.snapshot = [this] { return kv::lmdb_snapshot(environment_); },
             .begin = [this] { return kv::lmdb_transaction(environment_); },
             .bulk = [this](auto tables) { return kv::lmdb_bulk(environment_, tables); }},
            environment_.table(main_table))) {}

  kv::TableId table(std::string_view name) override { return environment_.table(name); }

  Side& raw() override { return raw_; }

  Side& interface() override { return *interface_; }

 private:
  kv::LmdbEnvironment environment_;
  LmdbSide raw_;
  std::unique_ptr<Side> interface_;
};

}  // namespace

std::unique_ptr<Pair> open_lmdb_pair(const kv::StoreOptions& options) {
  return std::make_unique<LmdbPair>(options);
}

}  // namespace skerry::benchmarks
