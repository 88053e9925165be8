// Searches that walk by codes: what they return is exact, whatever the codes.

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "graph/reader.h"
#include "graph/write_index.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/graph/query_fixture.h"

namespace skerry::graph {
namespace {

constexpr std::size_t items = 900;

const QueryIndex& index_of_bfs() {
  static const QueryIndex index(items, "memory", "bfs");
  return index;
}

Reader open(std::string_view traversal, std::string_view view = "frozen") {
  return {index_of_bfs().store(), "main", ReaderOptions{.view = view, .traversal = traversal}};
}

template <class Call>
Error refusal(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return {Code::ok, "nothing was refused"};
}

bool everything(ItemId) { return true; }

class CodeWalkBy : public testing::TestWithParam<std::string_view> {
 protected:
  Reader reader_ = open(GetParam());
  std::unique_ptr<Reader::Searcher> searcher_ = reader_.searcher();
};

TEST_P(CodeWalkBy, FindsWhatAWalkByVectorsFinds) {
  double recall = 0;
  for (std::size_t q = 0; q < 50; ++q) {
    std::vector<Hit> hits;
    const Bytes query = index_of_bfs().vector(q);
    searcher_->search(query, {.k = 10, .ef = 64, .oversample = 2}, hits);
    recall += recall_of(ids_of(hits), index_of_bfs().nearest(query, 10, everything)) / 50;
  }
  EXPECT_GT(recall, 0.99);
}

TEST_P(CodeWalkBy, ReturnsExactDistancesInOrder) {
  const Reader by_vectors = open("f32");
  const auto exact = by_vectors.searcher();
  for (std::size_t q = 0; q < 20; ++q) {
    std::vector<Hit> all;
    std::vector<Hit> hits;
    const Bytes query = index_of_bfs().vector(q);
    exact->search(query, {.k = items, .scan = true}, all);
    searcher_->search(query, {.k = 10, .ef = 30}, hits);
    const QueryResult result = searcher_->by_vector(query, {.k = 10, .ef = 30, .way = Way::walk});
    ASSERT_EQ(hits.size(), 10U);
    EXPECT_EQ(result.hits, hits);
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_NE(std::find(all.begin(), all.end(), hits[i]), all.end());
      EXPECT_TRUE(i == 0 || hits[i - 1].distance <= hits[i].distance);
    }
  }
}

TEST_P(CodeWalkBy, CountsCodesAndExactDistancesApart) {
  std::vector<Hit> hits;
  searcher_->search(index_of_bfs().vector(1), {.k = 10, .ef = 40, .oversample = 3}, hits);
  const SearchWork first = searcher_->work();
  EXPECT_EQ(first.distances, 30U);
  EXPECT_GT(first.code_distances, 40U);
  const QueryResult result = searcher_->by_vector(
      index_of_bfs().vector(1), {.k = 10, .ef = 40, .way = Way::walk, .oversample = 3});
  EXPECT_EQ(result.work.distances, 30U);
  EXPECT_EQ(result.work.code_distances, first.code_distances);
  EXPECT_EQ(searcher_->work().code_distances, 2 * first.code_distances);
  const Reader by_vectors = open("f32");
  const auto exact = by_vectors.searcher();
  exact->search(index_of_bfs().vector(1), {.k = 10, .ef = 40, .oversample = 3}, hits);
  EXPECT_EQ(exact->work().code_distances, 0U);
}

TEST_P(CodeWalkBy, ComparesNoMoreThanTheBeamHowLargeOversampleEverIs) {
  std::vector<Hit> hits;
  constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
  searcher_->search(index_of_bfs().vector(1), {.k = 10, .ef = 40, .oversample = huge}, hits);
  EXPECT_EQ(searcher_->work().distances, 40U);
  EXPECT_EQ(hits.size(), 10U);
}

TEST_P(CodeWalkBy, ReturnsOnlyAcceptedItemsAndAllOfThemByAScan) {
  const Filter even = reader_.filter([](ItemId id) { return id % 2 == 0; });
  const Filter few = reader_.filter([](ItemId id) { return id % 100 == 7; });
  for (const Way way : {Way::automatic, Way::walk, Way::two_hop}) {
    const QueryResult result = searcher_->by_vector(
        index_of_bfs().vector(5), {.k = 10, .ef = 50, .filter = &even, .way = way});
    const std::vector<ItemId> truth =
        index_of_bfs().nearest(index_of_bfs().vector(5), 10, [](ItemId id) { return id % 2 == 0; });
    EXPECT_EQ(result.hits.size(), 10U) << name(way);
    EXPECT_GE(recall_of(ids_of(result.hits), truth), 0.8) << name(way);
    for (const Hit& hit : result.hits) EXPECT_EQ(hit.id % 2, 0U);
  }
  for (const Way way : {Way::automatic, Way::scan}) {
    const QueryResult result = searcher_->by_vector(index_of_bfs().vector(5),
                                                    {.k = 9, .ef = 9, .filter = &few, .way = way});
    EXPECT_EQ(ids_of(result.hits), index_of_bfs().nearest(index_of_bfs().vector(5), 9,
                                                          [](ItemId id) { return id % 100 == 7; }));
    EXPECT_TRUE(result.exact);
    EXPECT_EQ(result.way, Way::scan);
  }
}

TEST_P(CodeWalkBy, AScanIsByExactVectors) {
  std::vector<Hit> hits;
  searcher_->search(index_of_bfs().vector(3), {.k = 10, .scan = true}, hits);
  EXPECT_EQ(ids_of(hits), index_of_bfs().nearest(index_of_bfs().vector(3), 10, everything));
  EXPECT_EQ(searcher_->work().distances, items);
  EXPECT_EQ(searcher_->work().code_distances, 0U);
}

TEST_P(CodeWalkBy, AQueryByAnItemStartsThereAndLeavesItOut) {
  const auto result =
      searcher_->by_item(17, {.k = 10, .ef = 40, .way = Way::walk, .oversample = 2});
  ASSERT_TRUE(result.has_value());
  std::vector<ItemId> truth = index_of_bfs().nearest(index_of_bfs().vector(17), 11, everything);
  std::erase(truth, ItemId{17});
  EXPECT_GE(recall_of(ids_of(result->hits), truth), 0.9);
  EXPECT_EQ(std::count(truth.begin(), truth.end(), ItemId{17}), 0);
  for (const Hit& hit : result->hits) EXPECT_NE(hit.id, 17U);
}

TEST_P(CodeWalkBy, KeepsALimitOfDistancesAndStillReturnsExactOnes) {
  const Reader by_vectors = open("f32");
  const auto exact = by_vectors.searcher();
  std::vector<Hit> all;
  exact->search(index_of_bfs().vector(9), {.k = items, .scan = true}, all);
  const SearchWork whole = searcher_->by_vector(index_of_bfs().vector(9), {.way = Way::walk}).work;
  for (std::uint64_t limit = 1; limit < whole.compared() + 20; limit += 5) {
    const QueryResult result = searcher_->by_vector(
        index_of_bfs().vector(9), {.way = Way::walk, .limits = {.distances = limit}});
    EXPECT_LE(result.work.compared(), limit);
    EXPECT_EQ(result.degraded(), limit < whole.compared()) << limit;
    EXPECT_TRUE(limit < 40 || result.hits.size() == 10) << limit;
    for (const Hit& hit : result.hits) {
      EXPECT_NE(std::find(all.begin(), all.end(), hit), all.end());
    }
  }
}

TEST_P(CodeWalkBy, AScanMaySpendAWholeLimit) {
  for (const std::uint64_t limit : {std::uint64_t{items}, std::uint64_t{items} - 1}) {
    const QueryResult result = searcher_->by_vector(
        index_of_bfs().vector(9), {.way = Way::scan, .limits = {.distances = limit}});
    EXPECT_EQ(result.work.distances, limit);
    EXPECT_EQ(result.exact, limit == items);
  }
}

TEST_P(CodeWalkBy, RangesAndIterationsAreThoseOfExactVectors) {
  const Reader exact = open("f32");
  const Bytes query = index_of_bfs().vector(4);
  const auto other = exact.searcher();
  EXPECT_EQ(searcher_->within(query, {.radius = 0.6}).hits,
            other->within(query, {.radius = 0.6}).hits);
  const auto mine = reader_.iterate(query, {});
  const auto theirs = exact.iterate(query, {});
  EXPECT_EQ(mine->next(30).hits, theirs->next(30).hits);
}

TEST_P(CodeWalkBy, TellsTheMemoryThatCodesTake) {
  EXPECT_EQ(open("f32").resident().codes, 0U);
  EXPECT_EQ(reader_.resident().codes, items * 64);  // 8 components and a header in a cache line
}

TEST_P(CodeWalkBy, RefusesAnOversampleOfZero) {
  std::vector<Hit> hits;
  const Bytes query = index_of_bfs().vector(0);
  EXPECT_EQ(refusal([&] { searcher_->search(query, {.oversample = 0}, hits); }).code(),
            Code::invalid_argument);
  EXPECT_EQ(refusal([&] { searcher_->by_vector(query, {.oversample = 0}); }).code(),
            Code::invalid_argument);
}

TEST_P(CodeWalkBy, DeletedItemsLeadOnAndTakeNoPlaceAmongTheRescored) {
  const auto store = kv::open_store("memory", {});
  IndexOptions options{
      .metric = "euclidean", .dimension = QueryIndex::dimension, .bounds = {8, 16}};
  options.build.repair = "tombstone";
  Writer::create(*store, "main", options);
  Writer writer(*store, "main");
  for (ItemId id = 0; id < 300; ++id) writer.add(id, index_of_bfs().vector(id));
  writer.build();
  for (ItemId id = 0; id < 300; id += 2) writer.erase(id);
  writer.build();
  ASSERT_GT(writer.meta().tombstones, 100U);
  const Reader reader(*store, "main", ReaderOptions{.traversal = GetParam()});
  std::vector<Hit> hits;
  reader.searcher()->search(index_of_bfs().vector(8), {.k = 10, .ef = 60}, hits);
  EXPECT_EQ(hits.size(), 10U);
  for (const Hit& hit : hits) EXPECT_EQ(hit.id % 2, 1U);
}

INSTANTIATE_TEST_SUITE_P(AllEncodings, CodeWalkBy, testing::Values("f16", "i8"),
                         [](const auto& info) { return std::string(info.param); });

class EstimatedWalkBy : public testing::TestWithParam<std::string_view> {};

TEST_P(EstimatedWalkBy, FindsWhatVectorsFindWhenMoreIsRescored) {
  constexpr std::size_t wide = 128;
  const SearchOptions options = GetParam() == "rabitq"
                                    ? SearchOptions{.k = 10, .ef = 400, .oversample = 40}
                                    : SearchOptions{.k = 10, .ef = 100, .oversample = 3};
  const auto store = kv::open_store("memory", {});
  const std::vector<float> vectors = uniform_vectors(1500, wide, 3);
  const Rows rows = rows_of("cosine", vectors, wide);
  write_index(*store, "main", rows, build(rows, parameters()),
              {.encoding = &distance::encoding(GetParam()), .seed = 1});
  for (const std::string_view view : view_names()) {
    const Reader reader(*store, "main", ReaderOptions{.view = view, .traversal = GetParam()});
    const auto searcher = reader.searcher();
    double recall = 0;
    for (std::size_t q = 0; q < 30; ++q) {
      std::vector<Hit> hits;
      const Bytes query = std::as_bytes(std::span(vectors).subspan(q * wide, wide));
      searcher->search(query, options, hits);
      std::vector<ItemId> truth;
      for (const Neighbor& each : exact_search(rows, query, 10)) truth.push_back(each.slot);
      recall += recall_of(ids_of(hits), truth) / 30;
      EXPECT_EQ(hits.at(0).id, q) << view;
    }
    EXPECT_GT(recall, 0.95) << view;
  }
}

INSTANTIATE_TEST_SUITE_P(RotatedEncodings, EstimatedWalkBy, testing::Values("i4", "rabitq"),
                         [](const auto& info) { return std::string(info.param); });

TEST(CodeWalk, AnEmptyIndexHasNoHits) {
  const auto store = kv::open_store("memory", {});
  Writer::create(*store, "main", {.metric = "cosine", .dimension = 4});
  const Reader reader(*store, "main", ReaderOptions{.traversal = "i8"});
  std::vector<Hit> hits;
  const float query[4] = {1, 2, 3, 4};
  reader.searcher()->search(std::as_bytes(std::span(query)), {}, hits);
  EXPECT_TRUE(hits.empty());
  EXPECT_TRUE(reader.searcher()->by_vector(std::as_bytes(std::span(query)), {}).hits.empty());
}

TEST(CodeWalk, RefusesNamesThatMeanNothing) {
  EXPECT_NE(std::string(refusal([] { open("i9"); }).what()).find("did you mean `i8`"),
            std::string::npos);
}

TEST(CodeWalk, RefusesAMetricWithoutCodes) {
  const auto store = kv::open_store("memory", {});
  Writer::create(*store, "main", {.metric = "manhattan", .dimension = 4});
  const Error error = refusal([&] { Reader(*store, "main", ReaderOptions{.traversal = "i8"}); });
  EXPECT_EQ(error.code(), Code::invalid_argument);
  EXPECT_NE(std::string(error.what()).find("manhattan"), std::string::npos);
}

TEST(CodeWalk, RefusesAViewOfAnIndexWithoutCodes) {
  for (const std::string_view view : {"direct", "memo"}) {
    const Error error = refusal([&] { open("i8", view); });
    EXPECT_EQ(error.code(), Code::unsupported);
    EXPECT_NE(std::string(error.what()).find("encoding `f32`"), std::string::npos);
  }
}

}  // namespace
}  // namespace skerry::graph
