#pragma once
// What RocksDB counts of its own work.

#include <memory>
#include <vector>

#include "kv/store.h"

namespace rocksdb {
class Statistics;
}

namespace skerry::kv {

/// Counts events and bytes, and takes no times but those of stalled writers.
std::shared_ptr<rocksdb::Statistics> rocksdb_statistics();

std::vector<EngineCounter> rocksdb_counters(const rocksdb::Statistics& statistics);

}  // namespace skerry::kv
