// Queries that are drawn from the vectors themselves.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "experiments/base_queries.h"
#include "experiments/exact_search.h"
#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

const std::string sift = SKERRY_SOURCE_DIR "/experiments/data/sift-small-128-euclidean.hdf5";

Dataset load(const DatasetRequest& request) {
  return load_dataset(request, distance::metric("euclidean"));
}

TEST(BaseQueries, EachIsItsOwnNearestNeighbour) {
  const Dataset data = load({.queries = "base(count=40)", .spec = "gaussian(300, 6)"});
  ASSERT_EQ(data.test.rows, 40U);
  const Truth truth = exact_search(data.train, data.test, distance::metric("euclidean"), 1, 1);
  std::set<std::uint32_t> ids;
  for (std::size_t i = 0; i < 40; ++i) {
    const Bytes found = data.train.row(truth.ids[i]);
    const Bytes query = data.test.row(i);
    EXPECT_TRUE(std::equal(found.begin(), found.end(), query.begin()));
    ids.insert(truth.ids[i]);
  }
  EXPECT_EQ(ids.size(), 40U);  // without repetition
  EXPECT_EQ(data.name, "gaussian(300, 6), queries base(count=40)");
}

TEST(BaseQueries, AreTheSameForASeedAndFewerAreTheBeginningOfMore) {
  const auto draw = [](const std::string& queries) {
    return load({.queries = queries, .spec = "gaussian(300, 6)"}).test.data;
  };
  const auto ten = draw("base(10)");
  const auto hundred = draw("base");
  EXPECT_EQ(hundred.size(), 100U * 24);
  EXPECT_TRUE(std::equal(ten.begin(), ten.end(), hundred.begin()));
  EXPECT_NE(draw("base(10, seed=2)"), ten);
  EXPECT_EQ(draw("base(300)").size(), 300U * 24);
}

TEST(BaseQueries, ReplaceThoseOfAFileAndItsTruth) {
  const Dataset data = load({.path = sift, .queries = "base(count=7, seed=3)", .limit = 1000});
  EXPECT_EQ(data.train.rows, 1000U);
  EXPECT_EQ(data.test.rows, 7U);
  EXPECT_FALSE(data.truth.has_value());
  EXPECT_NE(data.hash, load({.path = sift, .limit = 1000}).hash);
  const DatasetInfo info = dataset_info({.path = sift, .queries = "base(count=7)"});
  EXPECT_EQ(info.queries, 7U);
  EXPECT_EQ(info.truth_depth, 0U);
}

TEST(BaseQueries, ServeAFileThatHasNone) {
  const support::TempDir folder;
  const std::string path = (folder.path() / "x.fbin").string();
  support::write_file(path, support::bin_bytes(2, std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(load({.path = path, .queries = "base(3)"}).test.rows, 3U);
}

TEST(BaseQueries, MistakesAreRefused) {
  const auto refused = [](const DatasetRequest& request,
                          std::initializer_list<std::string_view> words) {
    expect_error(Code::invalid_argument, words, [&] { load(request); });
    expect_error(Code::invalid_argument, words, [&] { dataset_info(request); });
  };
  refused({.queries = "base(301)", .spec = "gaussian(300, 6)"}, {"301", "300"});
  refused({.queries = "base(0)", .spec = "gaussian(300, 6)"}, {"`count`"});
  refused({.queries = "base(cuont=3)", .spec = "gaussian(300, 6)"}, {"count"});
  refused({.queries = "base(3", .spec = "gaussian(300, 6)"}, {"not a spec"});
  refused({.path = sift, .queries = "base", .neighbors = "t.ibin"}, {"`neighbors`", "t.ibin"});
}

}  // namespace
}  // namespace skerry::experiments
