#include "kv/counting_store.h"

#include <gtest/gtest.h>

#include "kv/open_store.h"
#include "tests/kv/fixtures.h"

namespace skerry::kv {
namespace {

TEST(CountingStore, CountsGetsBytesAndWritesExactly) {
  const auto inner = open_store("memory", {});
  const auto counting = count(*inner);
  const TableId table = counting->table("t");
  const auto transaction = counting->begin();
  ASSERT_EQ(transaction->put(table, b("ab"), b("123")), Code::ok);
  ASSERT_EQ(transaction->erase(table, b("zz")), Code::ok);
  ASSERT_EQ(transaction->put(table, {}, b("123")), Code::key_size);
  transaction->commit(Durability::process);
  const auto snapshot = counting->snapshot();
  Scope scope;
  View view;
  ASSERT_EQ(snapshot->get(table, b("ab"), scope, view), Code::ok);
  ASSERT_EQ(snapshot->get(table, b("none"), scope, view), Code::not_found);
  const Key keys[] = {b("ab"), b("none"), b("ab")};
  View views[3];
  ASSERT_EQ(snapshot->multi_get(table, keys, views, scope), Code::ok);
  const Counts counts = counting->counts();
  EXPECT_EQ(counts.gets, 5U);
  EXPECT_EQ(counts.multi_gets, 1U);
  EXPECT_EQ(counts.bytes_read, 9U);
  EXPECT_EQ(counts.puts, 1U);
  EXPECT_EQ(counts.bytes_written, 5U);
  EXPECT_EQ(counts.erases, 1U);
  EXPECT_EQ(counts.commits, 1U);
  counting->reset();
  EXPECT_EQ(counting->counts().gets, 0U);
}

}  // namespace
}  // namespace skerry::kv
