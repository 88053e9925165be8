#include "graph/reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 8;

class ReaderTest : public testing::Test {
 protected:
  ReaderTest()
      : vectors_(uniform_vectors(300, dimension, 1)),
        rows_(rows_of("euclidean", vectors_, dimension)),
        store_(kv::open_store("memory", {})) {
    write_index(*store_, "main", rows_, build(rows_, parameters()), {.seed = 1});
  }

  Bytes vector(std::size_t i) const {
    return std::as_bytes(std::span(vectors_)).subspan(i * dimension * 4, dimension * 4);
  }

  std::vector<Hit> search(Bytes query, SearchOptions options) {
    std::vector<Hit> hits;
    Reader(*store_, "main").searcher()->search(query, options, hits);
    return hits;
  }

  std::string refusal(Bytes query, SearchOptions options) {
    try {
      search(query, options);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::invalid_argument);
      return error.what();
    }
    return "";
  }

  std::vector<float> vectors_;
  Rows rows_;
  std::unique_ptr<kv::Store> store_;
};

TEST_F(ReaderTest, AnEfBelowKMeansEfEqualToK) {
  const std::vector<Hit> narrow = search(vector(3), {.k = 20, .ef = 1});
  const std::vector<Hit> exact = search(vector(3), {.k = 20, .ef = 20});
  ASSERT_EQ(narrow.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(narrow[i].id, exact[i].id);
}

TEST_F(ReaderTest, AKAboveTheNumberOfItemsReturnsAllReachable) {
  const std::vector<Hit> hits = search(vector(0), {.k = 1000000, .ef = 1});
  EXPECT_EQ(hits.size(), 300U);
  for (std::size_t i = 1; i < hits.size(); ++i) EXPECT_LE(hits[i - 1].distance, hits[i].distance);
}

TEST_F(ReaderTest, AtEfOfAllItemsEqualsTheExactSearch) {
  for (std::size_t q = 0; q < 20; ++q) {
    const std::vector<Hit> hits = search(vector(q), {.k = 10, .ef = 300});
    const std::vector<Neighbor> truth = exact_search(rows_, vector(q), 10);
    ASSERT_EQ(hits.size(), truth.size());
    for (std::size_t i = 0; i < hits.size(); ++i) {
      EXPECT_EQ(hits[i].id, truth[i].slot);
      EXPECT_DOUBLE_EQ(hits[i].distance, std::sqrt(double{truth[i].distance}));
    }
  }
}

TEST_F(ReaderTest, AScanComparesWithEveryItemAndIsExact) {
  for (const std::string_view view : view_names()) {
    const Reader reader(*store_, "main", view);
    const auto searcher = reader.searcher();
    std::vector<Hit> hits;
    for (std::size_t q = 0; q < 5; ++q) {
      searcher->search(vector(q), {.k = 10, .ef = 1, .scan = true}, hits);
      const std::vector<Neighbor> truth = exact_search(rows_, vector(q), 10);
      ASSERT_EQ(hits.size(), 10U);
      for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(hits[i].id, truth[i].slot) << view;
    }
    EXPECT_EQ(searcher->work().distances, 5U * 300U) << view;
    EXPECT_EQ(searcher->work().hops, 0U) << view;
  }
}

TEST_F(ReaderTest, RefusesAKOrEfOfZeroByName) {
  EXPECT_NE(refusal(vector(0), {.k = 0}).find("k is 0"), std::string::npos);
  EXPECT_NE(refusal(vector(0), {.ef = 0}).find("ef is 0"), std::string::npos);
}

TEST_F(ReaderTest, RefusesAQueryOfAnotherDimension) {
  EXPECT_NE(refusal(vector(0).first(4 * 7), {}).find("8 components"), std::string::npos);
}

TEST_F(ReaderTest, RefusesAQueryWithNotANumber) {
  std::vector<float> query(dimension, 0.5F);
  query[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(refusal(std::as_bytes(std::span(query)), {}).find("5"), std::string::npos);
}

TEST_F(ReaderTest, RefusesAnUnknownViewAndNamesTheNearest) {
  try {
    Reader(*store_, "main", "frozn");
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("frozen"), std::string::npos);
  }
}

TEST_F(ReaderTest, RefusesToBeOpenedByNoThreads) {
  support::expect_error(Code::invalid_argument, {"threads is 0", "1..1024"},
                        [&] { Reader(*store_, "main", ReaderOptions{.threads = 0}); });
}

TEST_F(ReaderTest, ServesManyThreadsWithOneSearcherEach) {
  for (const std::string_view view : view_names()) {
    const Reader reader(*store_, "main", view);
    std::vector<std::vector<Hit>> expected(100);
    const auto searcher = reader.searcher();
    for (std::size_t q = 0; q < 100; ++q) searcher->search(vector(q), {}, expected[q]);

    std::vector<std::size_t> differences(4, 0);
    std::vector<std::thread> threads;
    const Reader fresh(*store_, "main", view);
    for (std::size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        const auto mine = fresh.searcher();
        std::vector<Hit> hits;
        for (std::size_t q = 0; q < 100; ++q) {
          mine->search(vector(q), {}, hits);
          for (std::size_t i = 0; i < hits.size(); ++i) {
            differences[t] += hits[i].id != expected[q][i].id;
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(differences, std::vector<std::size_t>(4, 0)) << view;
  }
}

TEST_F(ReaderTest, TellsWhatItsViewKeepsInMemory) {
  const Reader frozen(*store_, "main", "frozen");
  EXPECT_GE(frozen.resident().vectors, 300U * dimension * 4U);
  EXPECT_GT(frozen.resident().links, 0U);
  const Reader memo(*store_, "main", "memo");
  EXPECT_EQ(memo.resident().vectors, 0U);
  EXPECT_GE(memo.resident().tables, 300U * 16U);
  const Reader direct(*store_, "main", "direct");
  EXPECT_EQ(direct.resident().tables, 0U);
}

}  // namespace
}  // namespace skerry::graph
