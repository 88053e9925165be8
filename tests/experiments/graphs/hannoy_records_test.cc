// Indexes as hannoy would have them after its rarer turns, and damaged ones, written by hand.

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "experiments/graphs/import.h"
#include "graph/codec/codec.h"
#include "kv/open_store.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

class HandmadeHannoy : public testing::Test {
 protected:
  using Ids = std::vector<std::uint32_t>;

  HandmadeHannoy()
      : store_(kv::open_store("lmdb", {.path = folder_.path() / "lmdb", .create = true})),
        table_(store_->table("vectors")) {}

  static std::string roaring(const Ids& ids) {
    std::vector<std::byte> bytes;
    graph::link_codec("roaring").encode(ids, 0, bytes);
    return std::string(as_text(bytes));
  }

  static std::string big_endian(std::uint32_t value) {
    std::string text(4, '\0');
    store_be32(reinterpret_cast<std::byte*>(text.data()), value);
    return text;
  }

  void put(unsigned mode, std::uint32_t item, unsigned layer, const std::string& value) {
    const std::string key = std::string("\0\5", 2) + static_cast<char>(mode) + big_endian(item) +
                            static_cast<char>(layer);
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table_, as_bytes(key), as_bytes(value)), Code::ok);
    transaction->commit(kv::Durability::process);
  }

  void metadata(const Ids& items, const Ids& entries, unsigned top) {
    const std::string set = roaring(items);
    std::string value = "euclidean" + std::string(1, '\0') + big_endian(1) +
                        big_endian(static_cast<std::uint32_t>(set.size())) + set;
    for (const std::uint32_t entry : entries) {
      value.append(reinterpret_cast<const char*>(&entry), 4);
    }
    put(0, 0, 0, value + static_cast<char>(top));
  }

  void item(std::uint32_t id, float value) {
    std::string text(9, '\0');
    std::memcpy(&text[5], &value, 4);
    put(3, id, 0, text);
  }

  void links(std::uint32_t id, unsigned layer, const Ids& targets) {
    put(2, id, layer, '\1' + roaring(targets));
  }

  ForeignGraph read() { return read_foreign_graph(folder_.path() / "lmdb"); }

  support::TempDir folder_;
  std::unique_ptr<kv::Store> store_;
  kv::TableId table_;
};

TEST_F(HandmadeHannoy, LevelsThatHannoyNoLongerSearchesAreLeftOutAndCounted) {
  metadata({5, 7}, {7}, 0);
  item(5, 0.5F);
  item(7, 0.7F);
  links(5, 0, {7});
  links(5, 1, {7});
  links(7, 0, {5});
  const ForeignGraph found = read();
  EXPECT_EQ(found.graph.size(), 2U);
  EXPECT_EQ(found.graph.top_level(), 0U);
  EXPECT_EQ(found.graph.entry_points()[0], 1U);
  EXPECT_EQ(found.graph.links(0, 0)[0], 1U);
  EXPECT_EQ(found.vectors, (std::vector<float>{0.5F, 0.7F}));
  std::string notes;
  for (const std::string& note : found.notes) notes += note + "\n";
  for (const char* words : {"above the top level 0", "left out: 1", "of unknown version"}) {
    EXPECT_NE(notes.find(words), notes.npos) << notes;
  }
}

TEST_F(HandmadeHannoy, RecordsThatContradictEachOtherAreCorrupt) {
  metadata({0, 1}, {0}, 0);
  item(0, 0.5F);
  links(0, 0, {});
  support::expect_error(Code::corrupt, {"name 2 items, 1 are stored"}, [&] { read(); });
  item(1, 0.5F);
  support::expect_error(Code::corrupt, {"1 lists", "need 2"}, [&] { read(); });
  links(1, 0, {2});
  support::expect_error(Code::corrupt, {"item 2", "no vector"}, [&] { read(); });
  links(1, 0, {0});
  EXPECT_EQ(read().graph.size(), 2U);
  metadata({0, 1}, {3}, 0);
  support::expect_error(Code::corrupt, {"item 3", "no vector"}, [&] { read(); });
  metadata({0, 1}, {0}, 1);
  support::expect_error(Code::corrupt, {"top level is 1", "reach 0"}, [&] { read(); });
  links(0, 1, {1});
  support::expect_error(Code::corrupt, {"not on the level"}, [&] { read(); });
  links(0, 1, {});
  EXPECT_EQ(read().graph.top_level(), 1U);
  metadata({0, 1}, {}, 0);
  support::expect_error(Code::corrupt, {"0 entry points"}, [&] { read(); });
  metadata({0, 1}, {1}, 0);
  put(3, 1, 0, std::string(10, '\0'));
  support::expect_error(Code::corrupt, {"an item of 10 bytes", "key: 0005030000000100"},
                        [&] { read(); });
  item(1, 0.5F);
  put(2, 0, 0, "\1xyz");
  support::expect_error(Code::corrupt, {"a list of links", "table: vectors"}, [&] { read(); });
  links(0, 0, {1});
  put(1, 0, 0, "x");
  support::expect_error(Code::unsupported, {"1 items", "changed"}, [&] { read(); });
}

}  // namespace
}  // namespace skerry::experiments
