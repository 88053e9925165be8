// RocksDB's counters against what small stores must cost by hand.

#include <gtest/gtest.h>

#include "kv/rocksdb_store.h"
#include "tests/kv/fixtures.h"

namespace skerry::kv {
namespace {

/// Records over the size of a block have a block each.
constexpr std::size_t records = 100;
constexpr std::size_t value_size = 5000;

class RocksCountersTest : public EngineTest {
 protected:
  void open(const StoreOptions& options) {
    store_.reset();
    store_ = open_rocksdb_store(options);
  }

  std::uint64_t counter(std::string_view name) { return kv::counter(*store_, name); }

  std::uint64_t file_bytes() {
    return counter("file_last_level_read_bytes") + counter("file_upper_level_read_bytes");
  }

  /// Gets each record once, and tells how far the counters moved.
  struct Pass {
    std::uint64_t hits, misses, cache_bytes, file_bytes;
  };

  Pass get_all() {
    const Pass before = now();
    const TableId table = store_->table("t");
    const auto snapshot = store_->snapshot();
    Scope scope;
    for (std::size_t i = 0; i < records; ++i) {
      View view;
      EXPECT_EQ(snapshot->get(table, b(std::to_string(100000 + i)), scope, view), Code::ok);
      scope.reset();
    }
    const Pass after = now();
    return {after.hits - before.hits, after.misses - before.misses,
            after.cache_bytes - before.cache_bytes, after.file_bytes - before.file_bytes};
  }

  std::unique_ptr<Store> store_;

 private:
  Pass now() {
    return {counter("cache_data_hits"), counter("cache_data_misses"), counter("cache_read_bytes"),
            file_bytes()};
  }
};

TEST_F(RocksCountersTest, AFirstPassMissesTheCacheAndASecondHitsIt) {
  open({.path = path_, .create = true, .counters = true});
  fill(*store_, records, value_size);
  const Pass first = get_all();
  EXPECT_EQ(first.hits, 0U);
  EXPECT_EQ(first.misses, records);
  EXPECT_EQ(first.cache_bytes, 0U);
  EXPECT_GE(first.file_bytes, records * value_size);
  EXPECT_LE(first.file_bytes, records * (value_size + 100));
  const Pass second = get_all();
  EXPECT_EQ(second.hits, records);
  EXPECT_EQ(second.misses, 0U);
  EXPECT_GE(second.cache_bytes, records * value_size);
  EXPECT_EQ(second.file_bytes, 0U);
  store_->drop_caches();
  EXPECT_EQ(get_all().misses, records);
}

TEST_F(RocksCountersTest, MappedFilesAreReadAtEachPassAsTheCacheHoldsNoneOfTheirBlocks) {
  open({.path = path_, .create = true, .counters = true});
  fill(*store_, records, value_size);
  open({.path = path_, .read_only = true, .counters = true});
  for (int pass = 0; pass < 2; ++pass) {
    const Pass moved = get_all();
    EXPECT_EQ(moved.misses, records);
    EXPECT_EQ(moved.hits, 0U);
    EXPECT_GE(moved.file_bytes, records * value_size);
    EXPECT_LE(moved.file_bytes, records * (value_size + 100));
  }
}

TEST_F(RocksCountersTest, AFilterSparesTheBlocksOfAbsentKeys) {
  open({.path = path_, .create = true, .bloom_bits = 10, .counters = true});
  fill(*store_, records, value_size);
  const TableId table = store_->table("t");
  const auto snapshot = store_->snapshot();
  Scope scope;
  for (std::size_t i = 0; i < records; ++i) {
    View view;
    const std::string absent = std::to_string(100000 + i) + "x";
    ASSERT_EQ(snapshot->get(table, b(absent), scope, view), Code::not_found);
  }
  // Ten bits a key let about one of a hundred through; some absent keys lie after the last one.
  EXPECT_GE(counter("bloom_useful"), records - 10);
  EXPECT_LE(counter("cache_data_misses"), 10U);
}

TEST_F(RocksCountersTest, WrittenBytesFollowARecordFromTheLogToAFile) {
  open({.path = path_, .create = true, .counters = true});
  const TableId table = store_->table("t");
  const std::uint64_t log = counter("wal_bytes");
  {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b("key"), b(std::string(value_size, 'v'))), Code::ok);
    transaction->commit(Durability::power);
  }
  EXPECT_GE(counter("wal_bytes") - log, value_size);
  EXPECT_LE(counter("wal_bytes") - log, value_size + 100);
  EXPECT_EQ(counter("flush_bytes"), 0U);
  EXPECT_EQ(get(*store_->snapshot(), table, "key").size(), value_size);
  EXPECT_EQ(counter("memtable_hits"), 1U);
  store_->table_stats(table);  // flushes
  EXPECT_GE(counter("flush_bytes"), value_size);
  EXPECT_LE(counter("flush_bytes"), value_size + 4096);
}

TEST_F(RocksCountersTest, ABulkLoadWritesItsFilesOnceAndNothingElse) {
  open({.path = path_, .create = true, .counters = true});
  const std::uint64_t log = counter("wal_bytes");
  fill(*store_, records, value_size);
  EXPECT_EQ(counter("ingest_bytes"), store_->table_stats(store_->table("t")).disk_bytes);
  EXPECT_EQ(counter("wal_bytes"), log);
  EXPECT_EQ(counter("flush_bytes"), 0U);
  EXPECT_EQ(counter("compaction_written_bytes"), 0U);
}

TEST_F(RocksCountersTest, NothingIsCountedUnlessItIsAskedFor) {
  const auto store = open_rocksdb_store({.path = path_, .create = true});
  EXPECT_TRUE(store->engine_counters().empty());
}

}  // namespace
}  // namespace skerry::kv
