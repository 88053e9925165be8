// What only RocksDB has: views that live by mode, a lock between processes, files that go missing.

#include "kv/rocksdb_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/kv/fixtures.h"

namespace skerry::kv {
namespace {

class RocksStoreTest : public EngineTest {
 protected:
  std::unique_ptr<Store> open(bool read_only = false) {
    return open_rocksdb_store({.path = path_, .create = !read_only, .read_only = read_only});
  }

  void fill(std::size_t count, std::size_t size) { EngineTest::fill(*open(), count, size); }
};

/// The file behind an address of this process, as /proc/self/maps tells.
std::string file_mapped_at(const std::byte* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    int path_at = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %*s %*s %*s %*s %n", &from, &to, &path_at) >= 2 &&
        wanted >= from && wanted < to) {
      return line.substr(static_cast<std::size_t>(path_at));
    }
  }
  return "";
}

TEST_F(RocksStoreTest, ReadOnlyViewsPointIntoMappedTablesAndStayThere) {
  for (const std::size_t size : {20U, 600U, 1540U, 9000U}) {
    path_ = dir_.path() / std::to_string(size);
    fill(3000, size);
    const auto store = open(true);
    const TableId table = store->table("t");
    const auto snapshot = store->snapshot();
    ASSERT_EQ(snapshot->view_life(), ViewLife::snapshot);
    std::vector<View> first(3000);
    for (std::size_t i = 0; i < 3000; ++i) {
      Scope scope;  // gone before the view is looked at
      const std::string key = std::to_string(100000 + i);
      ASSERT_EQ(snapshot->get(table, b(key), scope, first[i]), Code::ok);
    }
    for (std::size_t i = 0; i < 3000; i += 7) {
      const std::string key = std::to_string(100000 + i);
      Scope scope;
      View again;
      const Key keys[] = {b(key)};
      ASSERT_EQ(snapshot->multi_get(table, keys, {&again, 1}, scope), Code::ok);
      ASSERT_EQ(again.data, first[i].data);
      ASSERT_EQ(as_text(first[i].bytes()), std::string(size, 'v'));
      if (i % 700 == 0) {
        EXPECT_TRUE(file_mapped_at(first[i].data).ends_with(".sst"));
      }
    }
  }
}

TEST_F(RocksStoreTest, ReadOnlyOpenRefusesWritesThatOnlyTheLogHolds) {
  // A child writes and ends without closing, so that nothing is flushed.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = open();
    const TableId table = store->table("t");
    const auto transaction = store->begin();
    transaction->put(table, b("k"), b("v"));
    transaction->commit(Durability::power);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(code_of([&] { open(true); }), Code::busy);
  EXPECT_NE(message_.find("log"), std::string::npos) << message_;
  open();  // recovers, and flushes on closing
  const auto store = open(true);
  Scope scope;
  View view;
  EXPECT_EQ(store->snapshot()->get(store->table("t"), b("k"), scope, view), Code::ok);
}

TEST_F(RocksStoreTest, IsBusyWhileItIsOpenForWriting) {
  const auto store = open();
  EXPECT_EQ(code_of([&] { open(); }), Code::busy) << message_;
}

TEST_F(RocksStoreTest, AMissingTableFileIsCorrupt) {
  fill(1000, 100);
  std::size_t removed = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.path().extension() == ".sst") removed += std::filesystem::remove(entry.path());
  }
  ASSERT_GE(removed, 1U);
  EXPECT_EQ(code_of([&] { open(); }), Code::corrupt) << message_;
  EXPECT_EQ(code_of([&] { open(true); }), Code::corrupt) << message_;
}

TEST_F(RocksStoreTest, AFlippedBitInATableFileIsFoundByVerify) {
  fill(1000, 100);
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (entry.path().extension() != ".sst") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5000);
    file.put('\x01');
  }
  EXPECT_EQ(code_of([&] { open()->verify(); }), Code::corrupt) << message_;
}

TEST_F(RocksStoreTest, WhatABulkLoadLeftWhenItWasCutOffIsCleanedUp) {
  fill(1, 1);
  std::filesystem::create_directories(path_ / "bulk.tmp");
  std::ofstream(path_ / "bulk.tmp" / "1.sst") << "half a file";
  open();
  EXPECT_FALSE(std::filesystem::exists(path_ / "bulk.tmp"));
}

}  // namespace
}  // namespace skerry::kv
