// Lookups that read LMDB's pages themselves: they find what LMDB finds, and damage does not lead
// them out of the map.

#include "kv/lmdb_lookup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "tests/kv/lmdb_file_fixture.h"

namespace skerry::kv::lmdb {
namespace {

class LmdbLookup : public LmdbFile {
 protected:
  /// The newest commit of the file in bytes_.
  Meta newest() const {
    const Meta even = Meta::load(bytes_.data() + page_header);
    const Meta odd = Meta::load(bytes_.data() + even.page_size() + page_header);
    return even.transaction > odd.transaction ? even : odd;
  }
};

using Records = std::map<std::string, std::string>;

std::string random_key(Random& random) {
  const std::size_t longest = random.below(4) == 0 ? max_key_size : 12;
  std::string key(1 + random.below(longest), '\0');
  // Few different bytes, so that keys are prefixes of each other.
  for (char& c : key) c = "\0\x01\x7f\x80\xff"[random.below(5)];
  return key;
}

void expect_found(const Snapshot& snapshot, TableId table, const Records& records,
                  const std::vector<std::string>& asked) {
  std::vector<Key> keys;
  for (const std::string& key : asked) keys.push_back(b(key));
  std::vector<View> views(keys.size());
  Scope scope;
  ASSERT_EQ(snapshot.multi_get(table, keys, views, scope), Code::ok);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto record = records.find(asked[i]);
    ASSERT_EQ(static_cast<bool>(views[i]), record != records.end());
    View view;
    EXPECT_EQ(snapshot.get(table, keys[i], scope, view),
              record != records.end() ? Code::ok : Code::not_found);
    if (record == records.end()) continue;
    ASSERT_EQ(as_text(views[i].bytes()), record->second);
    ASSERT_EQ(as_text(view.bytes()), record->second);
  }
}

TEST_F(LmdbLookup, FindsEveryKeyOfAnyLengthAndNoOther) {
  const auto store = open();
  const TableId table = store->table("t");
  Random random(11);
  Records records;
  for (const std::size_t count : {0, 1, 3, 40, 3000}) {
    const auto transaction = store->begin();
    while (records.size() < count) {
      const std::string key = random_key(random);
      records[key] = std::string(random.below(random.below(20) == 0 ? 9000 : 60), 'v');
      ASSERT_EQ(transaction->put(table, b(key), b(records[key])), Code::ok);
    }
    transaction->commit(Durability::process);
    SCOPED_TRACE(count);
    std::vector<std::string> asked;
    for (const auto& [key, value] : records) asked.push_back(key);
    for (int i = 0; i < 500; ++i) asked.push_back(random_key(random));
    std::reverse(asked.begin(), asked.end());
    expect_found(*store->snapshot(), table, records, asked);
  }
}

TEST_F(LmdbLookup, ASnapshotKeepsItsTreeWhileTheTableIsWrittenAgain) {
  const auto store = open();
  const TableId table = store->table("t");
  const auto write = [&](char filling) {
    Records records;
    const auto transaction = store->begin();
    for (int i = 0; i < 500; ++i) {
      records[std::to_string(i)] = std::string(static_cast<std::size_t>(i) * 7, filling);
      EXPECT_EQ(transaction->put(table, b(std::to_string(i)), b(records[std::to_string(i)])),
                Code::ok);
    }
    transaction->commit(Durability::process);
    return records;
  };
  const Records first = write('1');
  const auto snapshot = store->snapshot();
  for (const char filling : {'2', '3', '4'}) write(filling);
  std::vector<std::string> asked;
  for (const auto& [key, value] : first) asked.push_back(key);
  expect_found(*snapshot, table, first, asked);
}

TEST_F(LmdbLookup, ASnapshotDoesNotKnowATableThatIsOpenedLater) {
  const auto store = open();
  store->table("early");
  const auto snapshot = store->snapshot();
  const TableId late = store->table("late");
  Scope scope;
  View view;
  EXPECT_EQ(snapshot->get(late, b("k"), scope, view), Code::invalid_argument);
  EXPECT_EQ(snapshot->cursor(late)->seek({}), Code::invalid_argument);
}

TEST_F(LmdbLookup, ChangedBytesNeverLeadOutOfTheMap) {
  fill();
  load_file();
  const Meta meta = newest();
  ASSERT_EQ(meta.page_size(), 4096U);
  const Tree main = meta.main;
  Random random(5);
  std::size_t wrong = 0;
  for (int round = 0; round < 4000; ++round) {
    bytes_ = whole_;
    for (int change = 0; change < 40; ++change) {
      // Headers and the tables of nodes behind them, as a rule.
      const std::size_t page = random.below(bytes_.size() / 4096);
      bytes_[page * 4096 + random.below(random.below(4) == 0 ? 4096 : 32)] =
          static_cast<std::byte>(random.bits());
    }
    // An allocation of its own, so that tools that watch memory see a step beyond it.
    const std::vector<std::byte> map(bytes_);
    const PageMap pages{map.data(), 4096, map.size() / 4096};
    View head;
    const Key name = b("small");
    if (lookup(pages, main, {&name, 1}, {&head, 1}) != Code::ok || head.size != Tree::bytes) {
      ++wrong;
      continue;
    }
    const Tree tree = Tree::load(head.data);
    std::vector<std::string> asked;
    for (int i = 0; i < 40; ++i) {
      asked.push_back("key of some length " + std::to_string(random.below(3000)));
    }
    const std::vector<Key> keys = [&] {
      std::vector<Key> all;
      for (const std::string& key : asked) all.push_back(b(key));
      return all;
    }();
    std::vector<View> views(keys.size());
    if (lookup(pages, tree, keys, views) != Code::ok) {
      ++wrong;
      for (const View& view : views) ASSERT_FALSE(view);
      continue;
    }
    for (const View& view : views) {
      if (!view) continue;
      ASSERT_GE(view.data, map.data());
      ASSERT_LE(view.data + view.size, map.data() + map.size());
    }
  }
  EXPECT_GT(wrong, 100U);
}

}  // namespace
}  // namespace skerry::kv::lmdb
