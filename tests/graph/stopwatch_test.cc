#include "graph/stopwatch.h"

#include <gtest/gtest.h>

#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"

namespace skerry::graph {
namespace {

/// Ticks of each part over 200 searches, and of the searches as a whole.
struct Measured {
  std::uint64_t store, decode, distance, heap, whole;
};

Measured measure(std::string_view view) {
  const std::vector<float> vectors = uniform_vectors(2000, 64, 1);
  const Rows rows = rows_of("euclidean", vectors, 64);
  const auto store = kv::open_store("memory", {});
  write_index(*store, "main", rows, build(rows, parameters()));
  const Reader reader(*store, "main", view);
  const auto searcher = reader.searcher();
  Stopwatch stopwatch;
  searcher->measure(&stopwatch);
  std::vector<Hit> hits;
  const std::uint64_t start = Stopwatch::now();
  for (std::size_t q = 0; q < 200; ++q) {
    searcher->search(std::as_bytes(std::span(vectors)).subspan(q * 256, 256), {10, 100}, hits);
  }
  const std::uint64_t whole = Stopwatch::now() - start;
  return {stopwatch.ticks(Part::store), stopwatch.ticks(Part::decode),
          stopwatch.ticks(Part::distance), stopwatch.ticks(Part::heap), whole};
}

TEST(Stopwatch, PartsOfASearchAddUpToNoMoreThanItAndToMostOfIt) {
  for (const std::string_view view : view_names()) {
    const Measured measured = measure(view);
    const std::uint64_t sum = measured.store + measured.decode + measured.distance + measured.heap;
    EXPECT_LE(sum, measured.whole) << view;
    EXPECT_GT(sum, measured.whole / 3) << view;  // the clock's own share is taken off
    EXPECT_GT(measured.distance, 0U) << view;
    EXPECT_GT(measured.heap, 0U) << view;
  }
}

TEST(Stopwatch, DirectPaysTheStoreAndFrozenDecodesNothing) {
  const Measured direct = measure("direct");
  const Measured frozen = measure("frozen");
  EXPECT_GT(direct.decode, 0U);
  EXPECT_EQ(frozen.decode, 0U);
  EXPECT_GT(direct.store, 5 * frozen.store);
}

}  // namespace
}  // namespace skerry::graph
