#include "kv/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/spec.h"
#include "kv/rocksdb_store.h"

namespace skerry::kv {

namespace rdb = rocksdb;

namespace {

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

}  // namespace

bool rocksdb_mapped(const StoreOptions& options) noexcept {
  return options.read_only && options.mmap && options.compression == "none";
}

rdb::DBOptions rocksdb_db_options(const StoreOptions& options) {
  rdb::DBOptions db;
  db.create_if_missing = options.create;
  db.info_log_level = rdb::WARN_LEVEL;
  db.keep_log_file_num = 1;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.max_open_files = -1;  // tables stay open, and in read-only mode their maps stay in place
  db.allow_mmap_reads = rocksdb_mapped(options);
  db.advise_random_on_open = !options.read_ahead;
  return db;
}

rdb::ColumnFamilyOptions rocksdb_family_options(const StoreOptions& options,
                                                std::shared_ptr<rdb::Cache> cache) {
  rdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = options.block_bytes;
  table.format_version = 5;
  table.data_block_index_type = rdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.data_block_hash_table_util_ratio = 0.75;
  // By default no filter: graphs ask for keys that are there.
  if (options.bloom_bits > 0) {
    table.filter_policy.reset(rdb::NewBloomFilterPolicy(options.bloom_bits));
  }
  rdb::ColumnFamilyOptions family;
  family.table_factory.reset(rdb::NewBlockBasedTableFactory(table));
  family.compression = compression_of(options.compression);
  family.bottommost_compression = family.compression;
  return family;
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

}  // namespace skerry::kv
