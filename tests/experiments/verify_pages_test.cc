// The walk in a process of its own: its findings arrive whole, and its end is never this one's.

#include "experiments/verify_pages.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "kv/open_store.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

class VerifyPages : public testing::Test {
 protected:
  void SetUp() override {
    const auto store = kv::open_store("lmdb", {.path = dir_.path() / "store", .create = true});
    const kv::TableId table = store->table("t");
    const auto transaction = store->begin();
    for (int i = 0; i < 1000; ++i) {
      ASSERT_EQ(transaction->put(table, as_bytes(std::to_string(i)), as_bytes("value")), Code::ok);
    }
    transaction->commit(kv::Durability::process);
  }

  kv::PageWalk verify(const WalkLimits& limits, const PageWalker& walk) {
    return verify_pages(guard_, file_, limits, walk);
  }

  support::TempDir dir_;
  std::filesystem::path file_ = dir_.path() / "store" / "data.mdb";
  InterruptGuard guard_;
};

TEST_F(VerifyPages, GivesWhatTheWalkItselfGives) {
  {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 + 16);
    file << "xxxx";  // the magic of a meta page
  }
  const kv::PageWalk here = kv::walk_lmdb_pages(file_);
  const kv::PageWalk there = verify_pages(guard_, file_);
  ASSERT_EQ(here.fault_count, 1U);
  ASSERT_EQ(there.faults.size(), 1U);
  EXPECT_EQ(there.faults[0].table, here.faults[0].table);
  EXPECT_EQ(there.faults[0].page, 1U);
  EXPECT_EQ(there.faults[0].what, here.faults[0].what);
  ASSERT_EQ(there.tables.size(), here.tables.size());
  for (std::size_t i = 0; i < here.tables.size(); ++i) {
    EXPECT_EQ(there.tables[i].table, here.tables[i].table);
    EXPECT_EQ(there.tables[i].records, here.tables[i].records);
    EXPECT_EQ(there.tables[i].leaf_pages, here.tables[i].leaf_pages);
    EXPECT_EQ(there.tables[i].depth, here.tables[i].depth);
  }
  EXPECT_EQ(there.fault_count, here.fault_count);
  EXPECT_EQ(there.transaction, here.transaction);
  EXPECT_EQ(there.page_size, here.page_size);
  EXPECT_EQ(there.pages, here.pages);
  EXPECT_EQ(there.free_pages, here.free_pages);
  EXPECT_EQ(there.records, here.records);
}

TEST_F(VerifyPages, ASignalIsAFault) {
  const kv::PageWalk walk = verify({}, [](const auto&) -> kv::PageWalk {
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    return {};
  });
  ASSERT_EQ(walk.fault_count, 1U);
  EXPECT_EQ(walk.faults[0].table, "(walk)");
  EXPECT_NE(walk.faults[0].what.find("signal 11"), std::string::npos) << walk.faults[0].what;
}

TEST_F(VerifyPages, AWalkWithoutEndIsAFault) {
  const kv::PageWalk walk = verify({.seconds = 0.05}, [](const auto&) -> kv::PageWalk {
    for (;;) ::pause();
  });
  ASSERT_EQ(walk.fault_count, 1U);
  EXPECT_NE(walk.faults[0].what.find("timed out"), std::string::npos) << walk.faults[0].what;
}

TEST_F(VerifyPages, MoreMemoryThanAllowedIsAFault) {
  const kv::PageWalk walk = verify({.memory_bytes = 1 << 20}, [](const auto&) {
    const std::vector<char> much(64 << 20, 'm');
    kv::PageWalk walk;
    walk.records = static_cast<std::uint64_t>(much.back());
    return walk;
  });
  ASSERT_EQ(walk.fault_count, 1U);
  EXPECT_NE(walk.faults[0].what.find("out of memory"), std::string::npos) << walk.faults[0].what;
}

TEST_F(VerifyPages, FilesThatCannotBeReadOrChangeMeanwhileAreErrors) {
  support::expect_error(Code::not_found, {"none"},
                        [&] { verify_pages(guard_, dir_.path() / "none"); });
  support::expect_error(Code::busy, {"written to"}, [&] {
    verify({}, [](const auto&) -> kv::PageWalk { throw Error(Code::busy, "written to"); });
  });
}

}  // namespace
}  // namespace skerry::experiments
