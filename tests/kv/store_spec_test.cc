// Stores by spec: `rocksdb(cache=64MiB)`.

#include <gtest/gtest.h>

#include <array>

#include "kv/open_store.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::kv {
namespace {

bool has(std::string_view name) {
  for (const StoreKind& kind : store_kinds()) {
    if (kind.name == name) return true;
  }
  return false;
}

/// Writes a record, opens the store again for reading, and gives its traits.
Traits round_trip(const std::string& spec) {
  const support::TempDir folder;
  {
    const auto store = open_store(spec, {.path = folder.path() / "s", .create = true});
    const TableId table = store->table("t");
    const auto bulk = store->bulk(std::array{table});
    EXPECT_EQ(bulk->add(table, as_bytes("key"), as_bytes(std::string(5000, 'v'))), Code::ok);
    bulk->publish();
    const auto transaction = store->begin();
    EXPECT_EQ(transaction->put(table, as_bytes("other"), as_bytes("value")), Code::ok);
    transaction->commit(Durability::power);
    store->sync();
  }
  const auto store = open_store(spec, {.path = folder.path() / "s", .read_only = true});
  const TableId table = store->table("t");
  const auto snapshot = store->snapshot();
  Scope scope;
  View view;
  EXPECT_EQ(snapshot->get(table, as_bytes("key"), scope, view), Code::ok) << spec;
  EXPECT_TRUE(as_text(view.bytes()) == std::string(5000, 'v')) << spec;
  return store->traits();
}

TEST(StoreSpec, EveryOptionKeepsWhatWasWritten) {
  if (has("lmdb")) {
    for (const char* spec :
         {"lmdb", "lmdb(readahead=false)", "lmdb(sync=meta)", "lmdb(sync=none)"}) {
      EXPECT_EQ(round_trip(spec).view_life, ViewLife::snapshot) << spec;
    }
  }
  if (has("rocksdb")) {
    for (const char* spec : {"rocksdb", "rocksdb(cache=1MiB, block=16KiB)", "rocksdb(bloom=10)",
                             "rocksdb(readahead=true)"}) {
      EXPECT_EQ(round_trip(spec).view_life, ViewLife::snapshot) << spec;
    }
    for (const char* spec : {"rocksdb(mmap=false)", "rocksdb(compression=lz4)",
                             "rocksdb(compression=zstd, mmap=false)"}) {
      EXPECT_EQ(round_trip(spec).view_life, ViewLife::scope) << spec;
    }
  }
}

TEST(StoreSpec, TheLifeOfViewsIsKnownBeforeAStoreIsOpened) {
  EXPECT_EQ(reader_view_life("memory"), ViewLife::snapshot);
  if (has("lmdb")) {
    EXPECT_EQ(reader_view_life("lmdb(readahead=false)"), ViewLife::snapshot);
  }
  if (has("rocksdb")) {
    EXPECT_EQ(reader_view_life("rocksdb(cache=1MiB)"), ViewLife::snapshot);
    EXPECT_EQ(reader_view_life("rocksdb(mmap=false)"), ViewLife::scope);
    EXPECT_EQ(reader_view_life("rocksdb(compression=lz4)"), ViewLife::scope);
  }
}

TEST(StoreSpec, MistakesNameWhatWouldBeRight) {
  const auto refused = [](std::string_view spec, std::string_view word) {
    support::expect_error(Code::invalid_argument, {word}, [&] { check_store_spec(spec); });
  };
  refused("memroy", "memory");
  refused("memory(cache=1MiB)", "cache");
  if (has("lmdb")) {
    refused("lmdb(sync=often)", "full, meta or none");
    refused("lmdb(readahed=false)", "readahead");
  }
  if (has("rocksdb")) {
    refused("rocksdb(cache=much)", "256MiB");
    refused("rocksdb(compression=lzma)", "lz4");
    refused("rocksdb(block=1)", "1KiB..1GiB");
    refused("rocksdb(bloom=99)", "bloom");
  }
}

TEST(OpenStore, AMisspeltKindIsAnsweredWithTheNearest) {
  support::expect_error(Code::invalid_argument, {"rocksbd", "Known: memory"},
                        [] { open_store("rocksbd", {}); });
}

}  // namespace
}  // namespace skerry::kv
