#include "graph/build.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "graph/digest.h"
#include "graph/inspect.h"
#include "graph/reader.h"
#include "graph/views.h"
#include "tests/graph/fixtures.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 16;

/// Mean recall@10 of searches in memory at `ef` for queries drawn like the data.
double recall(const Graph& graph, const Rows& rows, std::size_t ef) {
  const std::vector<float> queries = uniform_vectors(100, dimension, 999);
  SearchScratch scratch;
  SearchWork work;
  FrozenView view(graph, rows);
  std::size_t found = 0;
  for (std::size_t q = 0; q < 100; ++q) {
    const Bytes query = std::as_bytes(std::span(queries)).subspan(q * dimension * 4, dimension * 4);
    std::vector<std::byte> row(rows.row_bytes());
    rows.metric().encode(query, dimension, row.data());
    const Target target{row.data(), rows.metric().kernels().batch, dimension};
    search_graph(view, target, graph.entry_points(), graph.top_level(), 0, ef, scratch, work);
    std::set<Slot> truth;
    for (const Neighbor& neighbor : exact_search(rows, query, 10)) truth.insert(neighbor.slot);
    for (std::size_t i = 0; i < std::min<std::size_t>(10, scratch.beam.size()); ++i) {
      found += truth.count(scratch.beam[i].slot);
    }
  }
  return static_cast<double>(found) / 1000;
}

std::vector<std::string> selections() {
  return {"hnsw",
          "hnsw(keep_pruned=true)",
          "hnsw(extend_candidates=true)",
          "hnsw(prune_small=false)",
          "closest",
          "robust_prune(1.2)",
          "robust_prune(1.2, passes=2)"};
}

std::vector<std::string> overflows() { return {"union", "reselect", "truncate", "drop_new"}; }

TEST(Builder, GivesTheSameDigestForEveryNumberOfThreads) {
  const std::vector<float> vectors = uniform_vectors(3000, dimension, 1);
  for (const std::string& overflow : overflows()) {
    for (const std::string& selection : selections()) {
      const Rows rows = rows_of("euclidean", vectors, dimension);
      std::set<std::string> digests;
      for (const unsigned threads : {1U, 2U, 5U}) {
        BuildParameters p = parameters(threads, selection);
        p.overflow = heuristics::overflow(overflow);
        digests.insert(graph_digest(build(rows, p)));
      }
      EXPECT_EQ(digests.size(), 1U) << selection << " " << overflow;
    }
  }
}

TEST(Builder, GivesAnotherGraphForAnotherSeed) {
  const Rows rows = rows_of("euclidean", uniform_vectors(500, dimension, 1), dimension);
  BuildParameters p = parameters();
  const std::string digest = graph_digest(build(rows, p));
  p.seed = 2;
  EXPECT_NE(graph_digest(build(rows, p)), digest);
}

TEST(Builder, KeepsDegreesInBoundsWithoutSelfOrDuplicateLinks) {
  const std::vector<float> vectors = uniform_vectors(2000, dimension, 2);
  for (const std::string& overflow : overflows()) {
    for (const std::string& selection : selections()) {
      for (const char* metric : {"euclidean", "cosine", "inner_product", "manhattan"}) {
        if (selection.starts_with("robust") && std::string(metric) == "inner_product") continue;
        const Rows rows = rows_of(metric, vectors, dimension);
        BuildParameters p = parameters(2, selection);
        p.overflow = heuristics::overflow(overflow);
        const GraphReport report = inspect_graph(build(rows, p));
        EXPECT_EQ(report.self_links, 0U) << selection << overflow << metric;
        EXPECT_EQ(report.duplicate_links, 0U) << selection << overflow << metric;
        for (std::size_t level = 0; level < report.levels.size(); ++level) {
          EXPECT_LE(report.levels[level].out_max, p.bounds.at(static_cast<unsigned>(level)));
        }
      }
    }
  }
}

TEST(Builder, PrefixDoublingRecallsWithinThreeThousandthsOfSequentialInsertion) {
  const Rows rows = rows_of("euclidean", uniform_vectors(5000, dimension, 3), dimension);
  BuildParameters p = parameters(2);
  const double batched = recall(build(rows, p), rows, 100);
  p.schedule = heuristics::schedule("sequential");
  const double sequential = recall(build(rows, p), rows, 100);
  EXPECT_GE(batched, sequential - 0.003);
  EXPECT_GE(sequential, 0.95);
}

TEST(Builder, ReachesAllOfANewFarClusterAddedAsOneBatch) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    std::vector<float> vectors = uniform_vectors(2000, dimension, seed);
    std::vector<float> far = uniform_vectors(200, dimension, 100 + seed);
    for (float& x : far) x = 50 + 0.1F * x;
    vectors.insert(vectors.end(), far.begin(), far.end());
    const Rows rows = rows_of("euclidean", vectors, dimension);
    BuildParameters p = parameters(2);
    p.seed = seed;
    Builder builder(rows, p);
    builder.insert_until(2000);
    // HNSW promises no reachability: of 2000 uniform items one may be lost. The cluster may not be.
    const std::size_t before = inspect_graph(builder.graph()).unreachable;
    builder.insert_until(2200);
    EXPECT_LE(inspect_graph(builder.graph()).unreachable, before) << "seed " << seed;
    EXPECT_LE(before, 1U);
  }
}

TEST(Builder, EntryPointStandsOnTheTopLevel) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Rows rows = rows_of("euclidean", uniform_vectors(300, 4, seed), 4);
    BuildParameters p = parameters();
    p.seed = seed;
    p.levels = heuristics::levels("geometric(ml=1.0)");
    const Graph graph = build(rows, p);
    ASSERT_EQ(graph.entry_points().size(), 1U);
    EXPECT_EQ(graph.top_of(graph.entry_points()[0]), graph.top_level());
  }
}

TEST(Builder, LinksEveryItemOfEachUpperLevelToItsLevel) {
  const Rows rows = rows_of("euclidean", uniform_vectors(2000, 4, 5), 4);
  BuildParameters p = parameters();
  p.levels = heuristics::levels("hashed(ml=1.5)");
  const GraphReport report = inspect_graph(build(rows, p));
  ASSERT_GE(report.levels.size(), 3U);
  for (const LevelDegrees& level : report.levels) {
    if (level.items > 1) {
      EXPECT_GE(level.out_min, 1U);
    }
  }
}

TEST(Builder, ForwardMLimitsWhatANewItemChooses) {
  const Rows rows = rows_of("euclidean", uniform_vectors(60, 4, 6), 4);
  BuildParameters p = parameters(1, "closest");
  p.forward_links = 3;
  p.overflow = heuristics::overflow("truncate");
  const GraphReport report = inspect_graph(build(rows, p));
  EXPECT_LE(report.levels[0].links, 60U * 3U * 2U);
  EXPECT_GE(report.levels[0].out_max, 4U);  // reverse links still fill up to M0
}

TEST(Builder, BuildsZeroOneAndTwoItems) {
  for (const std::size_t count : {0U, 1U, 2U}) {
    const Rows rows = rows_of("euclidean", uniform_vectors(count, 4, 7), 4);
    const Graph graph = build(rows, parameters(2));
    EXPECT_EQ(graph.size(), count);
    EXPECT_EQ(graph.entry_points().size(), count == 0 ? 0U : 1U);
    EXPECT_EQ(inspect_graph(graph).unreachable, 0U);
  }
}

TEST(Builder, StoresAThousandEqualVectorsWithoutLosingAny) {
  const std::vector<float> vectors(1000 * 4, 0.5F);
  const Rows rows = rows_of("euclidean", vectors, 4);
  const Graph graph = build(rows, parameters(2, "closest"));
  EXPECT_EQ(graph.size(), 1000U);
  EXPECT_EQ(inspect_graph(graph).duplicate_links, 0U);
}

TEST(Builder, StopsWhenCancelled) {
  const Rows rows = rows_of("euclidean", uniform_vectors(2000, dimension, 8), dimension);
  Builder builder(rows, parameters());
  std::atomic<bool> cancel{false};
  Progress progress;
  progress.cancel = &cancel;
  progress.report = [&](std::string_view, std::size_t done, std::size_t) {
    if (done > 500) cancel = true;
  };
  try {
    builder.insert_until(rows.size(), progress);
    FAIL() << "the build went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::cancelled);
  }
}

TEST(Builder, TellsItsProgressAFewHundredTimesAtMost) {
  const Rows rows = rows_of("euclidean", uniform_vectors(3000, 4, 9), 4);
  BuildParameters p = parameters();
  p.schedule = heuristics::schedule("sequential");
  Builder builder(rows, p);
  std::size_t calls = 0;
  std::size_t last = 0;
  Progress progress;
  progress.report = [&](std::string_view, std::size_t done, std::size_t total) {
    ++calls;
    EXPECT_GE(done, last);
    EXPECT_EQ(total, 3000U);
    last = done;
  };
  builder.insert_until(rows.size(), progress);
  EXPECT_EQ(last, 3000U);
  EXPECT_LE(calls, 400U);
}

TEST(Builder, RefusesParametersOutOfRangeByName) {
  const Rows rows = rows_of("euclidean", uniform_vectors(10, 4, 10), 4);
  const auto refused = [&](auto change, const char* name) {
    BuildParameters p = parameters();
    change(p);
    try {
      Builder builder(rows, p);
      ADD_FAILURE() << name << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::invalid_argument);
      EXPECT_EQ(std::string(error.what()).find(name), 0U) << error.what();
    }
  };
  refused([](BuildParameters& p) { p.bounds.M = 0; }, "M is 0");
  refused([](BuildParameters& p) { p.bounds.M0 = 7; }, "M0 is 7");
  refused([](BuildParameters& p) { p.ef_construction = 0; }, "ef_construction is 0");
  refused([](BuildParameters& p) { p.forward_links = 17; }, "forward is 17");
  refused([](BuildParameters& p) { p.threads = 0; }, "threads is 0");
}

TEST(Builder, RefusesAlphaOnAMetricThatCanBeNegative) {
  const Rows rows = rows_of("inner_product", uniform_vectors(10, 4, 11), 4);
  EXPECT_THROW(Builder(rows, parameters(1, "robust_prune(alpha=1.2)")), Error);
}

TEST(Builder, CountsTheDistancesOfSearchAndSelection) {
  const Rows rows = rows_of("euclidean", uniform_vectors(1000, dimension, 12), dimension);
  BuildWork work[2];
  for (const unsigned threads : {1U, 2U}) {
    Builder builder(rows, parameters(threads));
    builder.insert_until(rows.size());
    work[threads - 1] = builder.work();
  }
  EXPECT_GT(work[0].search_distances, 1000U * 50U);
  EXPECT_GT(work[0].selection_distances, 1000U);
  EXPECT_EQ(work[0].search_distances, work[1].search_distances);
  EXPECT_EQ(work[0].selection_distances, work[1].selection_distances);
}

TEST(Builder, AnOrderOfTheCallersIsFollowed) {
  const Rows rows = rows_of("euclidean", uniform_vectors(300, 6, 1), 6);
  std::vector<Slot> order(300);
  for (Slot i = 0; i < 300; ++i) order[i] = 299 - i;
  Builder builder(rows, parameters());
  builder.insert_in_order(order);
  const Graph reversed = builder.take();
  EXPECT_EQ(reversed.size(), 300U);
  Builder again(rows, parameters(2));
  again.insert_in_order(order);
  EXPECT_EQ(graph_digest(again.graph()), graph_digest(reversed));
  EXPECT_NE(graph_digest(build(rows, parameters())), graph_digest(reversed));
}

TEST(Builder, AnOrderThatIsNoPermutationIsRefused) {
  const Rows rows = rows_of("euclidean", uniform_vectors(4, 6, 1), 6);
  for (const std::vector<Slot>& order :
       {std::vector<Slot>{0, 1, 1}, std::vector<Slot>{1, 2, 3}, std::vector<Slot>{0, 7}}) {
    Builder builder(rows, parameters());
    EXPECT_THROW(builder.insert_in_order(order), Error);
  }
}

TEST(Builder, AMemoOfPairsSparesDistancesAndNeverChangesTheGraph) {
  for (const std::string_view metric : {"euclidean", "cosine", "inner_product"}) {
    for (const std::string_view selection : {"hnsw", "hnsw(keep_pruned=true)"}) {
      const Rows rows = rows_of(metric, uniform_vectors(600, 8, 1), 8);
      Builder without(rows, parameters(1, selection));
      without.insert_until(600);
      for (const std::size_t entries : {1U, 1000U, 1U << 18}) {
        BuildParameters wanted = parameters(1, selection);
        wanted.pair_memo = entries;
        Builder with(rows, wanted);
        with.insert_until(600);
        EXPECT_EQ(graph_digest(with.graph()), graph_digest(without.graph())) << metric;
        EXPECT_LE(with.work().memo_hits, with.work().memo_lookups);
        if (entries > 1000) {
          EXPECT_GT(with.work().memo_hits, with.work().memo_lookups / 10);
        }
      }
      EXPECT_EQ(without.work().memo_lookups, 0U);
    }
  }
}

TEST(Builder, WalksByCodesGiveOneGraphForAnyNumberOfThreads) {
  const std::vector<float> vectors = uniform_vectors(1000, dimension, 1);
  for (const std::string_view metric : {"euclidean", "cosine", "inner_product"}) {
    const Rows rows = rows_of(metric, vectors, dimension);
    for (const distance::Encoding& encoding : distance::encodings()) {
      std::set<std::string> digests;
      for (const unsigned threads : {1U, 2U, 5U}) {
        BuildParameters wanted = parameters(threads);
        wanted.construction = &encoding;
        digests.insert(graph_digest(build(rows, wanted)));
      }
      EXPECT_EQ(digests.size(), 1U) << metric << " " << encoding.name;
    }
  }
}

TEST(Builder, WalksByCodesThatMeetEverythingGiveTheGraphOfRows) {
  // The beam then holds all items, so that only their exact distances can matter.
  constexpr std::size_t count = 300;
  for (const std::string_view metric : {"euclidean", "cosine"}) {
    const Rows rows = rows_of(metric, uniform_vectors(count, dimension, 1), dimension);
    for (const Connectivity connectivity : {Connectivity::none, Connectivity::parent}) {
      BuildParameters wanted = parameters(2);
      wanted.ef_construction = count;
      wanted.connectivity = connectivity;
      const std::string by_rows = graph_digest(build(rows, wanted));
      for (const distance::Encoding& encoding : distance::encodings()) {
        wanted.construction = &encoding;
        EXPECT_EQ(graph_digest(build(rows, wanted)), by_rows) << metric << " " << encoding.name;
      }
    }
  }
}

TEST(Builder, WalksByEightBitsLoseNoRecallThatShows) {
  const Rows rows = rows_of("cosine", uniform_vectors(5000, dimension, 1), dimension);
  Builder by_rows(rows, parameters(2));
  by_rows.insert_until(rows.size());
  BuildParameters wanted = parameters(2);
  wanted.construction = construction("i8");
  Builder by_codes(rows, wanted);
  by_codes.insert_until(rows.size());
  const auto links = [](const Builder& builder) {
    return static_cast<double>(inspect_graph(builder.graph()).levels[0].links);
  };
  EXPECT_NEAR(recall(by_codes.graph(), rows, 64), recall(by_rows.graph(), rows, 64), 0.005);
  EXPECT_NEAR(links(by_codes) / links(by_rows), 1, 0.005);
  EXPECT_GT(by_codes.work().code_distances, 1000U);
  EXPECT_EQ(by_rows.work().code_distances, 0U);
  // Of the item's own distances only those of the candidates are exact.
  EXPECT_EQ(by_codes.work().search_distances, 0U);
}

TEST(Builder, CodesThatTheMetricHasNotAreRefused) {
  const Rows rows = rows_of("manhattan", uniform_vectors(10, dimension, 1), dimension);
  BuildParameters wanted = parameters();
  wanted.construction = construction("i8");
  EXPECT_THROW(Builder(rows, wanted), Error);
  EXPECT_EQ(construction("f32"), nullptr);
  EXPECT_THROW(construction("i9"), Error);
}

}  // namespace
}  // namespace skerry::graph
