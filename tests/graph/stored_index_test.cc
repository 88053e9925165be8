// An index in a store: one suite over every store kind of this build.

#include "graph/stored_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>

#include "graph/digest.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/graph/codec_lists.h"
#include "tests/graph/fixtures.h"
#include "tests/graph/store_subject.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 12;
constexpr std::size_t count = 700;

class StoredIndexContract : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    vectors_ = uniform_vectors(count, dimension, 1);
    rows_ = rows_of("cosine", vectors_, dimension);
    graph_ = build(rows_, parameters());
    store_.emplace(GetParam(), dir_.path() / "store");
  }

  Bytes vector(std::size_t i) const {
    return std::as_bytes(std::span(vectors_)).subspan(i * dimension * 4, dimension * 4);
  }

  void write(std::string_view codec = "delta", std::string_view name = "main") {
    write_index(**store_, name, rows_, graph_, {.codec = &link_codec(codec), .seed = 1});
  }

  /// Replaces one record behind the index's back; an empty optional erases it.
  void tamper(std::string_view part, Bytes key, std::optional<std::string> value) {
    const kv::TableId table = (*store_)->table(table_name("main", part));
    const auto transaction = (*store_)->begin();
    const Code code =
        value ? transaction->put(table, key, as_bytes(*value)) : transaction->erase(table, key);
    ASSERT_EQ(code, Code::ok);
    transaction->commit(kv::Durability::process);
  }

  Code failure_of(auto&& action) {
    try {
      action();
    } catch (const Error& error) {
      message_ = error.what();
      return error.code();
    }
    return Code::ok;
  }

  support::TempDir dir_;
  std::vector<float> vectors_;
  Rows rows_;
  Graph graph_;
  std::optional<StoreSubject> store_;
  std::string message_;
};

TEST_P(StoredIndexContract, GivesBackTheGraphAndTheRowsForEveryCodec) {
  std::set<std::string> names;
  for (const LinkCodec* codec : link_codecs()) {
    const std::string name = test_name(*codec);
    names.insert(name);
    write(codec->name(), name);
    const StoredIndex index(**store_, name);
    EXPECT_EQ(graph_digest(index.load_graph()), graph_digest(graph_)) << codec->name();
    EXPECT_EQ(index.meta().digest, graph_digest(graph_));
    const Rows rows = index.load_rows();
    for (Slot slot = 0; slot < count; ++slot) {
      ASSERT_TRUE(std::equal(rows[slot], rows[slot] + rows.row_bytes(), rows_[slot]));
    }
  }
  EXPECT_EQ(list_indexes(**store_), (std::vector<std::string>(names.begin(), names.end())));
}

TEST_P(StoredIndexContract, ShowsTheSameHitsInEveryView) {
  write();
  std::vector<std::vector<Hit>> first;
  for (const std::string_view view : view_names()) {
    if (!view_supported(view, (*store_)->traits().view_life)) continue;
    const Reader reader(**store_, "main", view);
    const auto searcher = reader.searcher();
    std::vector<std::vector<Hit>> all(50);
    for (std::size_t q = 0; q < 50; ++q) searcher->search(vector(q), {10, 20}, all[q]);
    if (first.empty()) first = all;
    for (std::size_t q = 0; q < 50; ++q) {
      ASSERT_EQ(all[q].size(), 10U);
      for (std::size_t i = 0; i < 10; ++i) {
        EXPECT_EQ(all[q][i].id, first[q][i].id) << view;
        EXPECT_EQ(all[q][i].distance, first[q][i].distance) << view;
      }
      EXPECT_EQ(all[q][0].id, q);
    }
    EXPECT_GT(searcher->work().distances, 50U * 20U);
  }
}

TEST_P(StoredIndexContract, RefusesAnotherMetricOrDimensionAndNamesBoth) {
  write();
  EXPECT_EQ(failure_of([&] {
              Reader(**store_, "main", "direct", {"euclidean", 0});
            }),
            Code::mismatch);
  EXPECT_NE(message_.find("euclidean"), std::string::npos);
  EXPECT_NE(message_.find("cosine"), std::string::npos);
  EXPECT_EQ(failure_of([&] {
              Reader(**store_, "main", "direct", {"cosine", 13});
            }),
            Code::mismatch);
  EXPECT_NE(message_.find("13"), std::string::npos);
  EXPECT_NE(message_.find("12"), std::string::npos);
}

TEST_P(StoredIndexContract, NamesThePresentIndexesWhenOneIsMissing) {
  write("delta", "books");
  EXPECT_EQ(failure_of([&] { StoredIndex(**store_, "boks"); }), Code::not_found);
  EXPECT_NE(message_.find("books"), std::string::npos);
}

TEST_P(StoredIndexContract, RefusesToWriteOverAnIndex) {
  write();
  EXPECT_EQ(failure_of([&] { write(); }), Code::invalid_argument);
  EXPECT_EQ(graph_digest(StoredIndex(**store_, "main").load_graph()), graph_digest(graph_));
}

TEST_P(StoredIndexContract, ADamagedLinkRecordIsNamedByEveryReaderOfIt) {
  write();
  const Slot entry = graph_.entry_points()[0];
  const LinkKey key(graph_.top_level(), entry);
  tamper("links", key.bytes, std::string("\xff\xff\xff\xff\xff\xff"));
  EXPECT_EQ(failure_of([&] { StoredIndex(**store_, "main").load_graph(); }), Code::corrupt);
  EXPECT_NE(message_.find(to_hex(key.bytes)), std::string::npos) << message_;
  EXPECT_NE(message_.find("main.links"), std::string::npos);
  for (const std::string_view view : {"direct", "memo"}) {
    if (!view_supported(view, (*store_)->traits().view_life)) continue;
    const Reader reader(**store_, "main", view);
    std::vector<Hit> hits;
    EXPECT_EQ(failure_of([&] { reader.searcher()->search(vector(0), {}, hits); }), Code::corrupt);
    EXPECT_NE(message_.find(to_hex(key.bytes)), std::string::npos) << message_;
  }
}

TEST_P(StoredIndexContract, AVectorOfTheWrongSizeIsNamed) {
  write();
  const Slot entry = graph_.entry_points()[0];
  const VectorKey key(entry);
  tamper("vectors", key.bytes, std::string("short"));
  EXPECT_EQ(failure_of([&] { StoredIndex(**store_, "main").load_rows(); }), Code::corrupt);
  EXPECT_NE(message_.find(to_hex(key.bytes)), std::string::npos) << message_;
  const Reader reader(**store_, "main", "direct");
  std::vector<Hit> hits;
  EXPECT_EQ(failure_of([&] { reader.searcher()->search(vector(0), {}, hits); }), Code::corrupt);
  EXPECT_NE(message_.find("main.vectors"), std::string::npos) << message_;
}

TEST_P(StoredIndexContract, ALinkToAMissingVectorIsCountedAndSkipped) {
  write();
  // An item that is not an entry point, found first by its own vector.
  const Slot lost = graph_.entry_points()[0] == 5 ? 6 : 5;
  tamper("vectors", VectorKey(lost).bytes, std::nullopt);
  for (const std::string_view view : {"direct", "memo"}) {
    if (!view_supported(view, (*store_)->traits().view_life)) continue;
    const Reader reader(**store_, "main", view);
    const auto searcher = reader.searcher();
    std::vector<Hit> hits;
    searcher->search(vector(lost), {10, 50}, hits);
    EXPECT_EQ(hits.size(), 10U);
    EXPECT_GE(searcher->work().dangling, 1U);
    for (const Hit& hit : hits) EXPECT_NE(hit.id, lost);
  }
  EXPECT_EQ(failure_of([&] { StoredIndex(**store_, "main").load_rows(); }), Code::corrupt);
}

TEST_P(StoredIndexContract, DamagedMetaNeverOpens) {
  write();
  EXPECT_EQ(failure_of([&] {
              tamper("meta", as_bytes("meta"), std::string("{\"format\": 9}"));
              StoredIndex(**store_, "main");
            }),
            Code::version);
  EXPECT_NE(message_.find("9"), std::string::npos);
  for (const std::string_view text :
       {"", "{}", "[1]", "{\"format\":3}", "\xff\xfe", "{\"format\":2"}) {
    tamper("meta", as_bytes("meta"), std::string(text));
    EXPECT_EQ(failure_of([&] { StoredIndex(**store_, "main"); }), Code::corrupt) << text;
  }
  tamper("meta", as_bytes("meta"), std::nullopt);
  EXPECT_EQ(failure_of([&] { StoredIndex(**store_, "main"); }), Code::not_found);
}

TEST_P(StoredIndexContract, EmptyIndexAnswersWithNoHits) {
  const Rows none = rows_of("cosine", {}, dimension);
  write_index(**store_, "empty", none, build(none, parameters()),
              {.codec = &link_codec("u32"), .seed = 1});
  for (const std::string_view view : view_names()) {
    if (!view_supported(view, (*store_)->traits().view_life)) continue;
    const Reader reader(**store_, "empty", view);
    std::vector<Hit> hits{{1, 1.0}};
    reader.searcher()->search(vector(0), {}, hits);
    EXPECT_TRUE(hits.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(AllStores, StoredIndexContract, testing::ValuesIn(store_subjects()),
                         [](const auto& info) { return info.param; });

TEST(Meta, FlippedBytesNeverGiveAnImpossibleIndex) {
  const Rows rows = rows_of("cosine", uniform_vectors(100, 4, 3), 4);
  const auto store = kv::open_store("memory", {});
  const Meta meta = write_index(*store, "main", rows, build(rows, parameters()),
                                {.codec = &link_codec("u32"), .seed = 1});
  const std::string text = meta.encode();
  Random random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = text;
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.bits());
    }
    try {
      const Meta read = Meta::decode(as_bytes(damaged), "main.meta");
      ASSERT_LE(read.top_level, 63U);
      ASSERT_LE(read.items, max_slots);
      for (const Slot entry : read.entry_points) ASSERT_LT(entry, read.items);
    } catch (const Error& error) {
      ASSERT_TRUE(error.code() == Code::corrupt || error.code() == Code::version);
    }
  }
}

}  // namespace
}  // namespace skerry::graph
