#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry {
namespace {

TEST(Error, SaysTheMessageAloneWhenThereIsNoContext) {
  const Error error(Code::busy, "another writer is open");
  EXPECT_STREQ(error.what(), "another writer is open");
  EXPECT_EQ(error.code(), Code::busy);
}

TEST(Error, PutsEveryPartOfItsContextIntoTheMessage) {
  const Error error(Code::corrupt, "bad record", {"a.lmdb", "links", "0007", "4 bytes", "3 bytes"});
  EXPECT_STREQ(error.what(),
               "bad record (path: a.lmdb, table: links, key: 0007, expected: 4 bytes, found: 3 "
               "bytes)");
  EXPECT_EQ(error.context().table, "links");
}

TEST(Error, LeavesOutEmptyParts) {
  const Error error(Code::corrupt, "bad record", {.key = "0007"});
  EXPECT_STREQ(error.what(), "bad record (key: 0007)");
}

TEST(Error, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  const auto last = static_cast<unsigned>(Code::cancelled);
  for (unsigned code = 0; code <= last; ++code) {
    EXPECT_NE(name(static_cast<Code>(code)), "unknown");
    names.insert(name(static_cast<Code>(code)));
  }
  EXPECT_EQ(names.size(), last + 1);
  EXPECT_EQ(name(Code::not_found), "not_found");
  EXPECT_EQ(name(static_cast<Code>(250)), "unknown");
}

}  // namespace
}  // namespace skerry
