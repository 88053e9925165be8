// One graph that must never change by accident: SIFT, euclidean. Its components are whole numbers
// below 256, so every sum is exact, and its digest holds on every CPU and instruction set. So do
// the recall of its searches and the distances that they take: no change of speed may move either.

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>

#include "experiments/dataset.h"
#include "graph/build.h"
#include "graph/digest.h"
#include "graph/reader.h"
#include "graph/stored_index.h"
#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

constexpr const char* golden = "a7e07c9cd3af88b7e78881ff12556b4d";
constexpr const char* golden_by_i8 = "9a3ecf5e10f91a8a30624dd1c7a40eb7";

/// What all queries of the data set together found and cost.
struct Search {
  std::size_t ef;
  std::size_t found;  ///< true neighbours among 10
  std::uint64_t distances;
  std::uint64_t code_distances;
};

constexpr std::array golden_by_rows = {Search{16, 4642, 148806, 0}, Search{64, 4973, 368403, 0}};
constexpr std::array golden_by_codes = {Search{16, 4642, 8000, 148879},
                                        Search{64, 4973, 15000, 368494}};

class GoldenDigest : public testing::Test {
 protected:
  GoldenDigest()
      : metric_(distance::metric("euclidean")),
        dataset_(load_dataset(
            {.path = SKERRY_SOURCE_DIR "/experiments/data/sift-small-128-euclidean.hdf5"},
            metric_)),
        rows_(graph::encode_rows(metric_, dataset_.train.dimension, dataset_.train.data,
                                 dataset_.train.rows, 2)) {}

  graph::Graph build(unsigned threads, const char* construction = "f32") const {
    graph::BuildParameters parameters;  // M = 16, M0 = 32, ef_construction = 100: the defaults
    parameters.threads = threads;
    parameters.construction = graph::construction(construction);
    graph::Builder builder(rows_, parameters);
    builder.insert_until(rows_.size());
    return builder.take();
  }

  /// Whether the searches of a reader find and cost what `expected` says.
  void expect_searches(const graph::Reader& reader, std::size_t oversample,
                       std::span<const Search> expected, std::string_view what) const {
    const std::unique_ptr<graph::Reader::Searcher> searcher = reader.searcher();
    for (const Search& golden_search : expected) {
      Search sum{golden_search.ef, 0, 0, 0};
      for (std::size_t q = 0; q < dataset_.test.rows; ++q) {
        const std::span<const std::uint32_t> truth = dataset_.truth->of(q).first(10);
        const graph::QueryResult result = searcher->by_vector(
            dataset_.test.row(q), {.k = 10, .ef = sum.ef, .oversample = oversample});
        for (const graph::Hit& hit : result.hits) {
          sum.found += std::count(truth.begin(), truth.end(), hit.id);
        }
        sum.distances += result.work.distances;
        sum.code_distances += result.work.code_distances;
      }
      EXPECT_EQ(sum.found, golden_search.found) << what << " ef " << sum.ef;
      EXPECT_EQ(sum.distances, golden_search.distances) << what << " ef " << sum.ef;
      EXPECT_EQ(sum.code_distances, golden_search.code_distances) << what << " ef " << sum.ef;
    }
  }

  const distance::Metric& metric_;
  Dataset dataset_;
  graph::Rows rows_;
};

TEST_F(GoldenDigest, OfSiftHoldsForOneAndTwoThreadsOnEveryStore) {
  for (const unsigned threads : {1U, 2U}) {
    const graph::Graph built = build(threads);
    EXPECT_EQ(graph::graph_digest(built), golden);
    for (const kv::StoreKind& kind : kv::store_kinds()) {
      const support::TempDir dir;
      const auto store = kv::open_store(kind.name, {.path = dir.path() / "store", .create = true});
      graph::write_index(*store, "main", rows_, built, {.seed = 1});
      EXPECT_EQ(graph::graph_digest(graph::StoredIndex(*store, "main").load_graph()), golden)
          << kind.name;
    }
  }
}

TEST_F(GoldenDigest, OfSiftHoldsOnEveryInstructionSetOfThisMachine) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    EXPECT_EQ(graph::graph_digest(build(2)), golden) << distance::kernel_target();
    EXPECT_EQ(graph::graph_digest(build(2, "i8")), golden_by_i8) << distance::kernel_target();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

TEST_F(GoldenDigest, SearchesOfSiftFindAndCostWhatTheyDidOnEveryStoreAndView) {
  const graph::Graph built = build(2);
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    const support::TempDir dir;
    const auto store = kv::open_store(kind.name, {.path = dir.path() / "store", .create = true});
    graph::write_index(*store, "main", rows_, built,
                       {.encoding = &distance::encoding("i8"), .seed = 1});
    for (const std::string_view view : graph::view_names()) {
      if (!graph::view_supported(view, store->snapshot()->view_life())) continue;
      const std::string what = std::string(kind.name) + " " + std::string(view);
      expect_searches(graph::Reader(*store, "main", {.view = view}), 1, golden_by_rows, what);
      expect_searches(graph::Reader(*store, "main", {.view = view, .traversal = "i8"}), 3,
                      golden_by_codes, what + " i8");
    }
  }
}

}  // namespace
}  // namespace skerry::experiments
