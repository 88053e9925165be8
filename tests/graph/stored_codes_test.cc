// Codes that an index keeps: on every store, in every view, through updates, and when damaged.

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "graph/codes.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "tests/graph/query_fixture.h"
#include "tests/graph/verify_fixture.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 8;
constexpr std::size_t items = 400;

class StoredCodes : public VerifyIndexFixture {
 protected:
  StoredCodes() : vectors_(uniform_vectors(items, dimension, 1)) {}

  Bytes vector(std::size_t i) const {
    return std::as_bytes(std::span(vectors_)).subspan(i * dimension * 4, dimension * 4);
  }

  /// An index of all vectors with codes, all at once.
  void write(std::string_view name, WriteOptions options = {}, std::string_view encoding = "i8") {
    if (!encoding.empty()) options.encoding = &distance::encoding(encoding);
    options.seed = 1;
    const Rows rows = rows_of("euclidean", vectors_, dimension);
    write_index(*store_, name, rows, build(rows, parameters()), options);
  }

  /// The views that the store can give now.
  std::vector<std::string_view> views() const {
    std::vector<std::string_view> views;
    for (const std::string_view view : view_names()) {
      if (view_supported(view, store_->snapshot()->view_life())) views.push_back(view);
    }
    return views;
  }

  static IndexOptions updatable(std::string_view encoding = "i8") {
    IndexOptions options{.metric = "euclidean", .dimension = dimension, .bounds = {8, 16}};
    options.encoding = encoding;
    return options;
  }

  void expect_verified(std::string_view name = "main") {
    const IndexCheck check = verify_index(*store_, name);
    EXPECT_EQ(check.damages, 0U) << all_of(check);
  }

  std::vector<float> vectors_;
};

TEST_P(StoredCodes, AllViewsFindTheSameForTheSameWork) {
  write("main");
  std::vector<Hit> expected;
  std::vector<Hit> hits;
  for (std::size_t q = 0; q < 20; ++q) {
    std::uint64_t code_distances = 0;
    for (const std::string_view view : views()) {
      const Reader reader(*store_, "main", ReaderOptions{.view = view, .traversal = "i8"});
      const auto searcher = reader.searcher();
      searcher->search(vector(q), {.k = 10, .ef = 40, .oversample = 2}, hits);
      if (view == "direct") expected = hits;
      if (view == "direct") code_distances = searcher->work().code_distances;
      EXPECT_EQ(hits, expected) << view;
      EXPECT_EQ(searcher->work().code_distances, code_distances) << view;
      EXPECT_EQ(searcher->work().distances, 20U) << view;
    }
    EXPECT_EQ(expected.at(0).id, q);
  }
}

TEST_P(StoredCodes, CodesOfAnIndexAreThoseThatAFrozenViewMakes) {
  write("main");
  write("plain", {}, "");
  const Reader with(*store_, "main", ReaderOptions{.traversal = "i8"});
  const Reader without(*store_, "plain", ReaderOptions{.traversal = "i8"});
  const auto mine = with.searcher();
  const auto theirs = without.searcher();
  for (std::size_t q = 0; q < 20; ++q) {
    const QueryOptions options{.k = 10, .ef = 30, .way = Way::walk};
    const QueryResult result = mine->by_vector(vector(q), options);
    EXPECT_EQ(result.hits, theirs->by_vector(vector(q), options).hits);
    EXPECT_EQ(result.work.code_distances,
              theirs->by_vector(vector(q), options).work.code_distances);
  }
}

TEST_P(StoredCodes, AFrozenViewMakesTheSameCodesOnAnyNumberOfThreads) {
  write("plain", {}, "");
  const Rows rows = StoredIndex(*store_, "plain").load_rows();
  for (const distance::Encoding& encoding : distance::encodings()) {
    const distance::Encoder encoder = train_encoder(encoding, rows);
    const RowBlock alone = encode_rows(encoder, rows);
    const Reader reader(*store_, "plain", ReaderOptions{.traversal = encoding.name});
    const auto searcher = reader.searcher();
    for (const unsigned threads : {2U, 5U}) {
      const RowBlock shared = encode_rows(encoder, rows, {}, threads);
      for (Slot slot = 0; slot < items; ++slot) {
        ASSERT_EQ(std::memcmp(alone[slot], shared[slot], alone.row_bytes()), 0) << encoding.name;
      }
      const Reader other(*store_, "plain", {.traversal = encoding.name, .threads = threads});
      const auto other_searcher = other.searcher();
      for (std::size_t q = 0; q < 20; ++q) {
        const QueryOptions options{.k = 10, .ef = 30, .way = Way::walk};
        const QueryResult result = searcher->by_vector(vector(q), options);
        const QueryResult same = other_searcher->by_vector(vector(q), options);
        EXPECT_EQ(result.hits, same.hits) << encoding.name;
        EXPECT_EQ(result.work.code_distances, same.work.code_distances) << encoding.name;
      }
    }
  }
}

TEST_P(StoredCodes, ChangeNeitherTheGraphNorTheVectors) {
  write("main");
  write("plain", {}, "");
  const StoredIndex with(*store_, "main");
  const StoredIndex without(*store_, "plain");
  EXPECT_EQ(with.meta().digest, without.meta().digest);
  EXPECT_EQ(with.meta().encoding, "i8");
  EXPECT_EQ(without.meta().encoding, "f32");
  EXPECT_EQ(without.encoder(), nullptr);
  const Rows mine = with.load_rows();
  const Rows theirs = without.load_rows();
  for (Slot slot = 0; slot < items; ++slot) {
    ASSERT_EQ(std::memcmp(mine[slot], theirs[slot], mine.row_bytes()), 0);
  }
}

TEST_P(StoredCodes, EveryLayoutOrderAndWayInGivesSoundCodes) {
  int number = 0;
  for (const std::string_view layout :
       {"apart", "apart(vectors=3, links=4)", "together(items=5)"}) {
    for (const std::string_view via : {"bulk", "transactions(100)"}) {
      const std::string name = "index" + std::to_string(++number);
      write(name, {.layout = Layout::parse(layout), .order = &order("bfs"), .via = Via::parse(via)},
            number % 2 == 0 ? "i8" : "f16");
      expect_verified(name);
    }
  }
}

TEST_P(StoredCodes, AreKeptRightByUpdates) {
  Writer::create(*store_, "main", updatable());
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 200; ++id) writer.add(id, vector(id));
  writer.build();
  expect_verified();
  for (ItemId id = 0; id < 60; ++id) writer.erase(id);
  for (ItemId id = 100; id < 120; ++id) writer.add(id, vector(id + 100));
  for (ItemId id = 1000; id < 1050; ++id) writer.add(id, vector(id - 700));
  writer.build();
  expect_verified();
  writer.consolidate();
  expect_verified();
  for (const std::string_view view : views()) {
    const Reader reader(*store_, "main", ReaderOptions{.view = view, .traversal = "i8"});
    std::vector<Hit> hits;
    reader.searcher()->search(vector(300), {.k = 5, .ef = 40}, hits);
    ASSERT_EQ(hits.size(), 5U) << view;
    EXPECT_EQ(hits[0].id, 1000U) << view;
    EXPECT_EQ(hits[0].distance, 0) << view;
  }
}

TEST_P(StoredCodes, AnIndexThatIsEmptiedStartsAnew) {
  Writer::create(*store_, "main", updatable());
  Writer writer(*store_, "main");
  for (int round = 0; round < 2; ++round) {
    for (ItemId id = 0; id < 30; ++id) writer.add(id, vector(id));
    writer.build();
    expect_verified();
    writer.clear();
    writer.build();
    expect_verified();
    EXPECT_EQ(writer.meta().encoding, "i8");
    for (const std::string_view view : views()) {
      const Reader reader(*store_, "main", ReaderOptions{.view = view, .traversal = "i8"});
      EXPECT_TRUE(reader.searcher()->by_vector(vector(0), {}).hits.empty());
    }
  }
}

TEST_P(StoredCodes, ARebuildMayChangeTheEncoding) {
  Writer::create(*store_, "main", updatable(""));
  Writer writer(*store_, "main");
  for (ItemId id = 0; id < 100; ++id) writer.add(id, vector(id));
  writer.build();
  for (const std::string_view encoding : {"i8", "f16", "", "i4", "i8"}) {
    const std::string digest = writer.meta().digest;
    writer.rebuild(updatable(encoding));
    expect_verified();
    EXPECT_EQ(writer.meta().encoding, encoding.empty() ? "f32" : encoding);
    EXPECT_EQ(writer.options().encoding, encoding);
    EXPECT_EQ(writer.meta().digest, digest);
    writer.add(500, vector(200));
    writer.erase(500);
  }
}

TEST_P(StoredCodes, AVectorThatIsTooLongForACodeIsRefusedWhenItIsAdded) {
  Writer::create(*store_, "main", updatable());
  Writer writer(*store_, "main");
  writer.add(1, vector(1));
  writer.build();
  const std::vector<float> longest(dimension, 2e18F);
  EXPECT_THROW(writer.add(2, std::as_bytes(std::span(longest))), Error);
  EXPECT_FALSE(writer.need_build());
}

TEST_P(StoredCodes, AMetricWithoutCodesIsRefused) {
  IndexOptions options = updatable();
  options.metric = "manhattan";
  EXPECT_THROW(Writer::create(*store_, "main", options), Error);
  options.metric = "euclidean";
  options.encoding = "i9";
  EXPECT_THROW(Writer::create(*store_, "main", options), Error);
}

TEST_P(StoredCodes, DamageIsToldWithItsKeyAndNeverWalkedInto) {
  write("main");
  const VectorKey key(5);
  const std::vector<std::byte> code = value_of("codes", key.bytes);
  const auto told = [&](Bytes at, std::string_view what) {
    const IndexCheck check = verify_index(*store_, "main");
    EXPECT_TRUE(has(check, "main.codes", to_hex(at), what)) << what << "\n" << all_of(check);
  };
  const auto opening = [&](std::string_view view) {
    const Reader reader(*store_, "main", ReaderOptions{.view = view, .traversal = "i8"});
    for (std::size_t q = 0; q < 20; ++q)
      reader.searcher()->by_vector(vector(q), {.way = Way::walk});
  };
  std::vector<std::byte> changed = code;
  changed[3] ^= std::byte{1};
  put("codes", key.bytes, changed);
  told(key.bytes, "not the code");

  put("codes", key.bytes, Bytes(code).first(3));
  told(key.bytes, "not the code");
  EXPECT_THROW(opening("frozen"), Error);
  EXPECT_THROW(opening("direct"), Error);

  erase("codes", key.bytes);
  told(key.bytes, "missing");
  EXPECT_THROW(opening("frozen"), Error);
  EXPECT_NO_THROW(opening("direct"));  // skipped and counted, as any missing record

  put("codes", key.bytes, code);
  put("codes", VectorKey(items).bytes, code);
  told(VectorKey(items).bytes, "names no slot");
  erase("codes", VectorKey(items).bytes);

  const std::vector<std::byte> mean = value_of("codes", mean_key);
  put("codes", mean_key, Bytes(mean).first(8));
  told(mean_key, "another size");
  EXPECT_THROW(StoredIndex(*store_, "main"), Error);
  erase("codes", mean_key);
  told(mean_key, "missing");
  EXPECT_THROW(StoredIndex(*store_, "main"), Error);
  put("codes", mean_key, mean);
  expect_verified();

  change_meta([](Meta& meta) { meta.encoding = "f32"; });
  told(mean_key, "does not tell of");
}

INSTANTIATE_TEST_SUITE_P(AllStores, StoredCodes, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
