#include "kv/rocksdb_counters.h"

#include <rocksdb/statistics.h>

#include <array>

namespace skerry::kv {

namespace rdb = rocksdb;

namespace {

struct Ticker {
  std::string_view name;
  rdb::Tickers ticker;
  CounterKind kind;
};

constexpr CounterKind sum = CounterKind::sum;
constexpr CounterKind read = CounterKind::read;
constexpr CounterKind written = CounterKind::written;

// Blocks of mapped files never enter the cache: each look at one is a miss, and two of a MultiGet,
// which asks the cache before it gathers what to read and again when it reads. Bytes count once.
// Indexes and filters lie
// beside the cache unless a table asks otherwise (cache_index_and_filter_blocks).
constexpr std::array<Ticker, 17> tickers = {{
    {"cache_data_hits", rdb::BLOCK_CACHE_DATA_HIT, sum},
    {"cache_data_misses", rdb::BLOCK_CACHE_DATA_MISS, sum},
    {"cache_index_hits", rdb::BLOCK_CACHE_INDEX_HIT, sum},
    {"cache_index_misses", rdb::BLOCK_CACHE_INDEX_MISS, sum},
    {"cache_filter_hits", rdb::BLOCK_CACHE_FILTER_HIT, sum},
    {"cache_filter_misses", rdb::BLOCK_CACHE_FILTER_MISS, sum},
    {"cache_read_bytes", rdb::BLOCK_CACHE_BYTES_READ, read},
    // A file lies on the last level that holds records, or on one above it.
    {"file_last_level_read_bytes", rdb::LAST_LEVEL_READ_BYTES, read},
    {"file_upper_level_read_bytes", rdb::NON_LAST_LEVEL_READ_BYTES, read},
    {"bloom_useful", rdb::BLOOM_FILTER_USEFUL, sum},
    {"memtable_hits", rdb::MEMTABLE_HIT, sum},
    {"memtable_misses", rdb::MEMTABLE_MISS, sum},
    {"wal_bytes", rdb::WAL_FILE_BYTES, written},
    {"flush_bytes", rdb::FLUSH_WRITE_BYTES, written},
    {"compaction_read_bytes", rdb::COMPACT_READ_BYTES, sum},
    {"compaction_written_bytes", rdb::COMPACT_WRITE_BYTES, written},
    {"stall_us", rdb::STALL_MICROS, sum},
}};

}  // namespace

std::shared_ptr<rdb::Statistics> rocksdb_statistics() {
  std::shared_ptr<rdb::Statistics> statistics = rdb::CreateDBStatistics();
  statistics->set_stats_level(rdb::StatsLevel::kExceptHistogramOrTimers);
  return statistics;
}

std::vector<EngineCounter> rocksdb_counters(const rdb::Statistics& statistics) {
  std::vector<EngineCounter> counters;
  counters.reserve(tickers.size() + 1);
  for (const Ticker& each : tickers) {
    counters.push_back({each.name, statistics.getTickerCount(each.ticker), each.kind});
  }
  return counters;
}

}  // namespace skerry::kv
