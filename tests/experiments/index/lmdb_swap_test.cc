#include "experiments/index/lmdb_swap.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kv/open_store.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

class LmdbSwap : public testing::Test {
 protected:
  void put(std::string_view value) {
    const auto store = kv::open_store("lmdb", {.path = store_, .create = true});
    const kv::TableId table = store->table("t");
    const auto transaction = store->begin();
    ASSERT_EQ(transaction->put(table, as_bytes("key"), as_bytes(value)), Code::ok);
    transaction->commit(kv::Durability::power);
  }

  std::string value() {
    const auto store = kv::open_store("lmdb", {.path = store_});
    const kv::TableId table = store->table("t");
    const auto snapshot = store->snapshot();
    kv::Scope scope;
    kv::View view;
    EXPECT_EQ(snapshot->get(table, as_bytes("key"), scope, view), Code::ok);
    return std::string(as_text(view.bytes()));
  }

  void copy() { kv::open_store("lmdb", {.path = store_})->compact_copy(copy_); }

  /// Runs `body` while another process has the store open.
  template <class Body>
  void beside_a_reader(Body&& body) {
    int ready[2];
    int end[2];
    ASSERT_EQ(::pipe(ready), 0);
    ASSERT_EQ(::pipe(end), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(end[1]);
      const auto store = kv::open_store("lmdb", {.path = store_, .read_only = true});
      char byte = 'r';
      if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
      while (::read(end[0], &byte, 1) > 0) {
      }
      ::_exit(0);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    body();
    ::close(end[1]);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    for (const int descriptor : {ready[0], ready[1], end[0]}) ::close(descriptor);
  }

  support::TempDir dir_;
  std::filesystem::path store_ = dir_.path() / "store";
  std::filesystem::path copy_ = dir_.path() / "copy";
};

TEST_F(LmdbSwap, TheCopyIsTheStoreAndGoesOn) {
  put("one");
  put("two");
  const auto seen = newest_meta(store_);
  copy();
  swap_data_file(store_, copy_ / "data.mdb", seen);
  EXPECT_EQ(value(), "two");
  put("three");
  put("four");
  EXPECT_EQ(value(), "four");
  EXPECT_EQ(kv::open_store("lmdb", {.path = store_})->verify(), 1U);
}

TEST_F(LmdbSwap, ACommitInTheMeantimeIsNotLost) {
  put("one");
  const auto seen = newest_meta(store_);
  copy();
  put("two");
  support::expect_error(Code::busy, {"wrote to the store meanwhile"},
                        [&] { swap_data_file(store_, copy_ / "data.mdb", seen); });
  EXPECT_EQ(value(), "two");
}

TEST_F(LmdbSwap, AStoreThatAnotherProcessHasOpenIsLeftAlone) {
  put("one");
  const auto seen = newest_meta(store_);
  copy();
  beside_a_reader([&] {
    support::expect_error(Code::busy, {"another process"}, [&] { require_alone(store_); });
    support::expect_error(Code::busy, {"another process"},
                          [&] { swap_data_file(store_, copy_ / "data.mdb", seen); });
  });
  EXPECT_EQ(value(), "one");
  require_alone(store_);
}

}  // namespace
}  // namespace skerry::experiments
