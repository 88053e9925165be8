// The sizes of a layout and of its compacted copy, against an index whose pages can be counted by
// hand.

#include "experiments/describe_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

// 100 items in a ring on level 0, each linked to the next four: lists of 16 bytes by `u32`, under
// keys of 5 bytes. Rows of 128 f32 are 512 bytes, under keys of 4.
constexpr std::size_t items = 100;
constexpr std::size_t dimension = 128;
constexpr std::uint64_t link_bytes = items * (5 + 16);
constexpr std::uint64_t row_bytes = items * (4 + 512);

graph::Graph ring() {
  graph::Graph graph({4, 4});
  for (std::size_t i = 0; i < items; ++i) graph.add_item(0);
  for (Slot i = 0; i < items; ++i) {
    std::vector<Slot> links;
    for (Slot step = 1; step <= 4; ++step) links.push_back((i + step) % Slot{items});
    std::sort(links.begin(), links.end());
    graph.set_links(0, i, links);
  }
  graph.set_entry_points({0});
  return graph;
}

/// A store of this kind with the ring in it, and with a table all of whose records were erased:
/// they leave pages, or marks of deletion, that a compacted copy has not.
class Compacted {
 public:
  explicit Compacted(const std::string& kind) : kind_(kind) {
    const auto store = kv::open_store(kind, {.path = directory_.path() / "store", .create = true});
    const graph::Rows rows =
        graph::rows_of("euclidean", graph::uniform_vectors(items, dimension, 1), dimension);
    graph::write_index(*store, "main", rows, ring(), {.codec = &graph::link_codec("u32")});
    waste(*store);
    const graph::StoredIndex index(*store, "main");
    described_ = describe_layout(*store, index, index.load_graph());
    described_["disk_bytes"] = store->size_on_disk();
    store->compact_copy(directory_.path() / "copy");
  }

  ordered_json operator()() {
    const auto copy = kv::open_store(kind_, {.path = directory_.path() / "copy"});
    add_compacted(described_, describe_compacted(*copy, graph::StoredIndex(*copy, "main")));
    return described_;
  }

  static const ordered_json& table(const ordered_json& tables, const std::string& name) {
    for (const ordered_json& each : tables) {
      if (each.at("name") == name) return each;
    }
    throw std::out_of_range(name);
  }

 private:
  static void waste(kv::Store& store) {
    const kv::TableId table = store.table("waste");
    const std::vector<std::byte> value(1000);
    for (const bool put : {true, false}) {
      const auto transaction = store.begin();
      for (std::uint8_t key = 0; key < items; ++key) {
        const std::array<std::byte, 1> name = {std::byte{key}};
        const Code code =
            put ? transaction->put(table, name, value) : transaction->erase(table, name);
        EXPECT_EQ(code, Code::ok);
      }
      transaction->commit(kv::Durability::power);
    }
  }

  std::string kind_;
  support::TempDir directory_;
  ordered_json described_;
};

bool has(std::string_view store) {
  const auto kinds = kv::store_kinds();
  return std::any_of(kinds.begin(), kinds.end(),
                     [&](const auto& kind) { return kind.name == store; });
}

TEST(DescribeCompacted, LmdbsCopyHasThePagesOfItsTreesAndNoMore) {
  if (!has("lmdb")) GTEST_SKIP() << "this build has no LMDB";
  const ordered_json sizes = Compacted("lmdb")();
  const ordered_json& copy = sizes.at("compacted");
  // A page of 4096 bytes has a header of 16. A record takes an offset of 2 bytes, a head of 8, and
  // key and value, rounded up to an even size.
  //   links    2 + (8 + 5 + 16 -> 30) = 32 bytes, 127 to a page of 4080: 1 leaf
  //   vectors  2 + (8 + 4 + 512 = 524) = 526 bytes, 7 to a page: 15 leaves under 1 branch
  //   meta     1 leaf
  const ordered_json& links = Compacted::table(copy.at("tables"), "main.links");
  EXPECT_EQ(links.at("leaf_pages"), 1);
  EXPECT_EQ(links.at("branch_pages"), 0);
  EXPECT_EQ(links.at("entries"), items);
  const ordered_json& vectors = Compacted::table(copy.at("tables"), "main.vectors");
  EXPECT_EQ(vectors.at("leaf_pages"), 15);
  EXPECT_EQ(vectors.at("branch_pages"), 1);
  EXPECT_EQ(Compacted::table(copy.at("tables"), "main.meta").at("leaf_pages"), 1);
  // And two pages of the file itself, and one of the names of its tables.
  constexpr std::uint64_t pages = 1 + 15 + 1 + 1 + 2 + 1;
  EXPECT_EQ(sizes.at("disk_bytes_compacted"), pages * 4096);
  EXPECT_EQ(copy.at("links_disk_bytes"), 4096);
  EXPECT_EQ(sizes.at("links").at("disk_bytes_compacted"), 4096);
  EXPECT_EQ(sizes.at("links").at("space_amplification_compacted"), 4096.0 / link_bytes);
  // What was erased took 100 * 1018 bytes, 4 to a page: 25 leaves and a branch, and the list of the
  // pages that are free.
  EXPECT_GE(sizes.at("disk_bytes").get<std::uint64_t>(), (pages + 26) * 4096);
  const ordered_json& meta = Compacted::table(copy.at("tables"), "main.meta");
  const double logical = static_cast<double>(link_bytes + row_bytes) +
                         meta.at("key_bytes").get<double>() + meta.at("value_bytes").get<double>();
  EXPECT_DOUBLE_EQ(sizes.at("space_amplification").at("compacted"), pages * 4096 / logical);
}

TEST(DescribeCompacted, RocksdbsCopyHasEachRecordOnceAndNoMarksOfDeletion) {
  if (!has("rocksdb")) GTEST_SKIP() << "this build has no RocksDB";
  const ordered_json sizes = Compacted("rocksdb")();
  const ordered_json& copy = sizes.at("compacted");
  const ordered_json& links = Compacted::table(copy.at("tables"), "main.links");
  EXPECT_EQ(links.at("entries"), items);
  EXPECT_EQ(links.at("key_bytes"), items * 5);
  EXPECT_EQ(links.at("value_bytes"), items * 16);
  EXPECT_EQ(links.at("depth"), 1);  // one file
  EXPECT_FALSE(links.at("estimated").get<bool>());
  const ordered_json& vectors = Compacted::table(copy.at("tables"), "main.vectors");
  EXPECT_EQ(vectors.at("key_bytes"), items * 4);
  EXPECT_EQ(vectors.at("value_bytes"), items * 512);
  EXPECT_GT(vectors.at("disk_bytes"), row_bytes);
  const ordered_json& waste = Compacted::table(copy.at("tables"), "waste");
  EXPECT_EQ(waste.at("entries"), 0);
  EXPECT_EQ(waste.at("disk_bytes"), 0);
  EXPECT_EQ(sizes.at("links").at("disk_bytes_compacted"), links.at("disk_bytes"));
  EXPECT_DOUBLE_EQ(sizes.at("links").at("space_amplification_compacted"),
                   links.at("disk_bytes").get<double>() / link_bytes);
}

}  // namespace
}  // namespace skerry::experiments
