#include "experiments/insertion.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "experiments/synthetic.h"

namespace skerry::experiments {
namespace {

/// 300 rows of a line through 16 dimensions, then 300 that fill them.
Dataset line_and_cloud() {
  Dataset dataset = synthetic_dataset("uniform(n=600, d=16)", distance::metric("euclidean"), 0);
  auto* values = reinterpret_cast<float*>(dataset.train.data.data());
  for (std::size_t row = 0; row < 300; ++row) {
    for (std::size_t i = 1; i < 16; ++i) values[row * 16 + i] = values[row * 16] + 10;
  }
  return dataset;
}

TEST(InsertionOrder, ShuffledIsLeftToTheBuilderAndGivenIsTheFilesOwn) {
  const Dataset dataset = line_and_cloud();
  const distance::Metric& metric = distance::metric("euclidean");
  EXPECT_TRUE(insertion_order("shuffled", dataset, metric, 1).empty());
  const std::vector<Slot> given = insertion_order("given", dataset, metric, 1);
  ASSERT_EQ(given.size(), 600U);
  EXPECT_TRUE(std::is_sorted(given.begin(), given.end()));
}

TEST(InsertionOrder, ByIntrinsicDimensionTheLineComesBeforeTheCloud) {
  const Dataset dataset = line_and_cloud();
  const distance::Metric& metric = distance::metric("euclidean");
  const std::vector<Slot> up = insertion_order("lid_ascending", dataset, metric, 1);
  EXPECT_EQ(up, insertion_order("lid_ascending", dataset, metric, 2));
  EXPECT_TRUE(std::all_of(up.begin(), up.begin() + 300, [](Slot row) { return row < 300; }));
  const std::vector<Slot> down = insertion_order("lid_descending", dataset, metric, 1);
  EXPECT_TRUE(std::all_of(down.begin(), down.begin() + 300, [](Slot row) { return row >= 300; }));
}

}  // namespace
}  // namespace skerry::experiments
