// One graph that must never change by accident: SIFT, euclidean. Its components are whole numbers
// below 256, so every sum is exact, and its digest holds on every CPU and instruction set.

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "experiments/dataset.h"
#include "graph/build.h"
#include "graph/digest.h"
#include "graph/stored_index.h"
#include "graph/write_index.h"
#include "kv/open_store.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

constexpr const char* golden = "a7e07c9cd3af88b7e78881ff12556b4d";

class GoldenDigest : public testing::Test {
 protected:
  GoldenDigest()
      : metric_(distance::metric("euclidean")),
        dataset_(load_dataset(
            {.path = SKERRY_SOURCE_DIR "/experiments/data/sift-small-128-euclidean.hdf5"},
            metric_)),
        rows_(graph::encode_rows(metric_, dataset_.train.dimension, dataset_.train.data,
                                 dataset_.train.rows, 2)) {}

  graph::Graph build(unsigned threads) const {
    graph::BuildParameters parameters;  // M = 16, M0 = 32, ef_construction = 100: the defaults
    parameters.threads = threads;
    graph::Builder builder(rows_, parameters);
    builder.insert_until(rows_.size());
    return builder.take();
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
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace
}  // namespace skerry::experiments
