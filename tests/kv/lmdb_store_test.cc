// What only LMDB has: a map that fills, a file that can be cut, readers that die.

#include "kv/lmdb_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/kv/fixtures.h"

namespace skerry::kv {
namespace {

class LmdbStoreTest : public EngineTest {
 protected:
  std::unique_ptr<Store> open(std::uint64_t map_size = std::uint64_t{1} << 30) {
    return open_lmdb_store({.path = path_, .create = true, .map_size = map_size});
  }

  void fill(std::size_t count, std::size_t size) { EngineTest::fill(*open(), count, size); }

  std::filesystem::path data_ = path_ / "data.mdb";
};

TEST_F(LmdbStoreTest, AFullMapFailsTheTransactionLosesNothingAndGrows) {
  const auto store = open(1 << 20);
  const TableId table = store->table("t");
  const std::string value(10000, 'v');
  {
    const auto transaction = store->begin();
    ASSERT_EQ(transaction->put(table, b("kept"), b("1")), Code::ok);
    transaction->commit(Durability::power);
  }
  const auto fill_up = [&] {
    const auto transaction = store->begin();
    for (int i = 0; i < 200; ++i) {
      const Code code = transaction->put(table, b(std::to_string(i)), b(value));
      if (code != Code::ok) {
        EXPECT_EQ(code, Code::full);
        EXPECT_EQ(code_of([&] { transaction->commit(Durability::power); }), Code::full);
        return false;
      }
    }
    transaction->commit(Durability::power);
    return true;
  };
  ASSERT_FALSE(fill_up());
  {
    const auto snapshot = store->snapshot();
    const auto cursor = snapshot->cursor(table);
    ASSERT_EQ(cursor->seek({}), Code::ok);
    EXPECT_EQ(as_text(cursor->key()), "kept");
    EXPECT_EQ(cursor->next(), Code::not_found);
    // LMDB would unmap under this snapshot.
    EXPECT_EQ(code_of([&] { store->begin(); }), Code::busy);
    EXPECT_NE(message_.find("1048576"), std::string::npos) << message_;
    EXPECT_EQ(as_text(cursor->key()), "");
  }
  int tries = 1;
  while (!fill_up()) ++tries;
  EXPECT_LE(tries, 3);  // 2 MB of values: 1 -> 2 -> 4 MiB
  EXPECT_EQ(store->table_stats(table).entries, 201U);
}

TEST_F(LmdbStoreTest, ABulkLoadThatFillsTheMapChangesNothing) {
  const auto store = open(1 << 20);
  const TableId table = store->table("t");
  {
    const auto bulk = store->bulk({&table, 1});
    Code code = Code::ok;
    for (int i = 1000; i < 2000 && code == Code::ok; ++i) {
      code = bulk->add(table, b(std::to_string(i)), b(std::string(3000, 'v')));
    }
    EXPECT_EQ(code, Code::full);
    EXPECT_EQ(code_of([&] { bulk->publish(); }), Code::full);
  }
  EXPECT_EQ(store->table_stats(table).entries, 0U);
}

TEST_F(LmdbStoreTest, CountersTellPagesCommitsReadersAndDepth) {
  const auto store = open();
  store->table("t");
  EXPECT_EQ(counter(*store, "last_commit"), 1U);  // which made the table
  EXPECT_EQ(counter(*store, "depth"), 0U);
  EngineTest::fill(*store, 100,
                   3000);  // too large for a leaf: each value takes one page of its own
  EXPECT_EQ(counter(*store, "last_commit"), 2U);
  EXPECT_EQ(counter(*store, "depth"), 1U);
  // Two metas, the roots of the list of tables and of the list of free pages, and the leaf that
  // holds 100 keys of 6 bytes.
  EXPECT_GE(counter(*store, "pages"), 100U + 2 + 2 + 1);
  EXPECT_LE(counter(*store, "pages"), 100U + 2 + 2 + 1 + 3);
  EXPECT_EQ(counter(*store, "reader_slots"), 1U);
  const auto first = store->snapshot();
  const auto second = store->snapshot();
  EXPECT_GE(counter(*store, "reader_slots"), 2U);
}

TEST_F(LmdbStoreTest, ACutFileIsRefusedAtEveryLengthBeforeItIsMapped) {
  fill(2000, 3000);
  const auto whole = std::filesystem::file_size(data_);
  const auto copy = dir_.path() / "copy.mdb";
  std::filesystem::copy_file(data_, copy);
  for (const double share : {0.0001, 0.001, 0.01, 0.3, 0.7, 0.99}) {
    std::filesystem::copy_file(copy, data_, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(data_,
                                 static_cast<std::uintmax_t>(share * static_cast<double>(whole)));
    EXPECT_EQ(code_of([&] { open(); }), Code::corrupt) << share;
    EXPECT_NE(message_.find("data.mdb"), std::string::npos) << message_;
  }
  std::filesystem::copy_file(copy, data_, std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(open()->verify(), 2000U);
}

TEST_F(LmdbStoreTest, AFileOfSomethingElseIsRefused) {
  std::filesystem::create_directories(path_);
  std::ofstream(data_) << std::string(100000, 'x');
  EXPECT_EQ(code_of([&] { open(); }), Code::corrupt);
}

TEST_F(LmdbStoreTest, AnotherFormatVersionIsNamed) {
  fill(1, 1);
  std::fstream file(data_, std::ios::in | std::ios::out | std::ios::binary);
  for (const int page : {0, 4096}) {
    file.seekp(page + 16 + 4);
    file.put(7);
  }
  file.close();
  EXPECT_EQ(code_of([&] { open(); }), Code::version);
  EXPECT_NE(message_.find("found: 7"), std::string::npos) << message_;
}

TEST_F(LmdbStoreTest, IsNotOpenedTwiceByOneProcess) {
  const auto store = open();
  EXPECT_EQ(code_of([&] { open(); }), Code::busy);
}

TEST_F(LmdbStoreTest, ADeadReaderDoesNotKeepPagesForever) {
  fill(100, 1000);
  // A child takes a snapshot and is killed with it.
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto store = open();
    const auto snapshot = store->snapshot();
    const char byte = 'r';
    if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ready[0]);
  ::close(ready[1]);

  const auto store = open();
  const TableId table = store->table("t");
  const auto size_before = std::filesystem::file_size(data_);
  for (int round = 0; round < 50; ++round) {
    const auto transaction = store->begin();
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(transaction->put(table, b(std::to_string(100000 + i)), b(std::string(1000, 'w'))),
                Code::ok);
    }
    transaction->commit(Durability::process);
  }
  // Fifty rewrites of the whole table fit in a few copies of it, since old pages come free.
  EXPECT_LE(std::filesystem::file_size(data_), 5 * size_before);
}

}  // namespace
}  // namespace skerry::kv
