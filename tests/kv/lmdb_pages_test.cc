// The walk over an LMDB file that does without LMDB: whole files are whole by LMDB's own counts,
// damage where LMDB would end the process is found, and nothing ends this process.

#include "kv/lmdb_pages.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <utility>

#include "base/random.h"
#include "kv/lmdb_store.h"
#include "tests/kv/lmdb_file_fixture.h"
#include "tests/support/expect_error.h"

namespace skerry::kv {
namespace {

class LmdbPages : public LmdbFile {};

TEST_F(LmdbPages, AHealthyStoreHasNoFaultAndCountsAsLmdbCounts) {
  fill();
  const PageWalk walk = walk_lmdb_pages(file_);
  EXPECT_EQ(walk.fault_count, 0U) << text_of(walk);
  EXPECT_EQ(walk.lost_pages, 0U);
  EXPECT_GT(walk.free_pages, 0U);
  EXPECT_EQ(walk.transaction, 44U);
  const auto store = open();
  std::uint64_t records = 0;
  for (const TableWalk& table : walk.tables) {
    if (table.table.front() == '(') continue;
    SCOPED_TRACE(table.table);
    const TableStats stats = store->table_stats(store->table(table.table));
    EXPECT_EQ(table.records, stats.entries);
    EXPECT_EQ(table.depth, stats.depth);
    EXPECT_EQ(table.branch_pages, stats.branch_pages);
    EXPECT_EQ(table.leaf_pages, stats.leaf_pages);
    EXPECT_EQ(table.overflow_pages, stats.overflow_pages);
    records += table.records;
  }
  EXPECT_EQ(walk.records, records);
  EXPECT_EQ(walk.tables.size(), 2 + store->tables().size());
  EXPECT_EQ(walk.page_size, store->traits().page_size);
}

TEST_F(LmdbPages, TheVisitorGetsEveryRecordAsTheStoreHasIt) {
  fill();
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> found;
  walk_lmdb_pages(file_, [&](std::string_view table, Bytes key, Bytes value) {
    found[std::string(table)].emplace_back(as_text(key), as_text(value));
  });
  const auto store = open();
  for (const std::string& name : store->tables()) {
    SCOPED_TRACE(name);
    std::vector<std::pair<std::string, std::string>> stored;
    const TableId table = store->table(name);
    const auto snapshot = store->snapshot();
    const auto cursor = snapshot->cursor(table);
    for (Code code = cursor->seek({}); code == Code::ok; code = cursor->next()) {
      stored.emplace_back(as_text(cursor->key()), as_text(cursor->value().bytes()));
    }
    EXPECT_EQ(found[name], stored);
  }
  EXPECT_EQ(found.size(), store->tables().size());
}

TEST_F(LmdbPages, StoresWithoutRecordsAreWhole) {
  open();
  const PageWalk empty = walk_lmdb_pages(file_);
  EXPECT_EQ(empty.fault_count, 0U) << text_of(empty);
  EXPECT_EQ(empty.pages, 2U);
  open()->table("t");
  const PageWalk named = walk_lmdb_pages(file_);
  EXPECT_EQ(named.fault_count, 0U) << text_of(named);
  EXPECT_EQ(named.tables.back().table, "t");
  EXPECT_EQ(named.records, 0U);
}

TEST_F(LmdbPages, AVersionThatTwoCommitsLeftBehindIsBusyAndOneIsNot) {
  fill();
  const auto store = open();
  const TableId table = store->table("small");
  int left = 0;
  const auto walk_over_commits = [&](int commits) {
    left = commits;
    return walk_lmdb_pages(file_, [&](std::string_view, Bytes, Bytes) {
      for (; left > 0; --left) {
        const auto transaction = store->begin();
        transaction->put(table, b("key"), b(std::to_string(left)));
        transaction->commit(Durability::process);
      }
    });
  };
  EXPECT_EQ(walk_over_commits(1).fault_count, 0U);
  support::expect_error(Code::busy, {"data.mdb", "try again"}, [&] { walk_over_commits(2); });
}

TEST_F(LmdbPages, FilesThatAreNoLmdbFilesHaveFaultsAndMissingOnesThrow) {
  std::filesystem::create_directories(path_);
  for (const std::size_t size : {0U, 1U, 100U, 4096U, 100000U}) {
    bytes_.assign(size, std::byte{'x'});
    const PageWalk walk = walk_changed();
    EXPECT_EQ(walk.fault_count, 2U) << text_of(walk);
    EXPECT_EQ(walk.faults[0].table, "(meta)");
    EXPECT_EQ(walk.records, 0U);
  }
  support::expect_error(Code::not_found, {"none"}, [&] { walk_lmdb_pages(path_ / "none"); });
  support::expect_error(Code::io, {path_.string()}, [&] { walk_lmdb_pages(path_); });
}

TEST_F(LmdbPages, AFileCutAtAnyLengthHasAFault) {
  fill();
  load_file();
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    bytes_.assign(whole_.begin(),
                  whole_.begin() + static_cast<std::ptrdiff_t>(whole_.size() * tenth / 10));
    EXPECT_GT(walk_changed().fault_count, 0U) << tenth;
  }
}

/// Reads, writes and erases through LMDB in a process of its own. Whether it came to its end.
bool lmdb_survives(const std::filesystem::path& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      const auto store = open_lmdb_store({.path = path, .map_size = std::uint64_t{1} << 26});
      store->verify();
      const TableId table = store->table("small");
      for (int commit = 0; commit < 2; ++commit) {
        const auto transaction = store->begin();
        for (int i = 0; i < 50; ++i) {
          const std::string key = "key of some length " + std::to_string(60 * i + commit);
          transaction->put(table, b(key), b(std::string(60 * i, 'n')));
          transaction->erase(table, b("key of some length " + std::to_string(59 * i)));
        }
        transaction->commit(Durability::process);
      }
      store->verify();
    } catch (const Error&) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

TEST_F(LmdbPages, NoDamageEndsTheWalkAndWhatItFindsWholeLmdbCanUse) {
  fill();
  load_file();
  Random random(11);
  std::size_t found = 0;
  for (int i = 0; i < 300; ++i) {
    const std::size_t page = random.below(whole_.size() / 4096) * 4096;
    if (i % 2 == 0) {
      for (std::size_t k = 0; k < 4096; ++k) bytes_[page + k] = std::byte(random.bits());
    } else {
      // Bytes of headers and offsets more often than those of values.
      bytes_[page + random.below(i % 4 == 1 ? 64 : 4096)] ^= std::byte(1U << random.below(8));
    }
    write_page(page);
    const PageWalk walk = walk_lmdb_pages(file_);
    EXPECT_LE(walk.faults.size(), most_page_faults);
    found += walk.fault_count > 0;
    if (walk.fault_count == 0) {
      ASSERT_TRUE(lmdb_survives(path_)) << "change " << i;
    }
    bytes_ = whole_;
    walk.fault_count == 0 ? write_file() : write_page(page);
  }
  EXPECT_GT(found, 60U);  // the others met free pages and values
}

}  // namespace
}  // namespace skerry::kv
