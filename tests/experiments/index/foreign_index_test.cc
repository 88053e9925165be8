// Indexes of other libraries become indexes that live.

#include "tests/experiments/graphs/shipped.h"
#include "tests/experiments/index/index_fixture.h"

namespace skerry::experiments {
namespace {

class ForeignIndex : public IndexProgram {
 protected:
  ProgramRun take(const std::string& directory, const std::string& graph,
                  const std::string& more = "") const {
    return index("create " + directory + " --store " + GetParam() +
                 " --metric euclidean --graph '" + graph + "' " + more);
  }
};

TEST_P(ForeignIndex, GraphAndVectorsAreTakenAndCanBeChanged) {
  int number = 0;
  const std::string hannoy = "hannoy(" + shipped("hannoy").string() + ", index=1)";
  for (const std::string& graph :
       {shipped("hnswlib-l2.bin").string(), shipped("faiss-l2.index").string(), hannoy}) {
    const std::string directory = "dir" + std::to_string(number++);
    const ProgramRun made = take(directory, graph);
    ASSERT_EQ(made.exit_code, 0) << graph << made.error;
    const std::string digest = stats(directory).at("graph_digest");
    const std::size_t items = stats(directory).at("items");
    EXPECT_GE(items, 40U);
    EXPECT_EQ(index("verify " + directory).exit_code, 0) << graph;
    write("one.ndjson", json_line(900, 5));
    EXPECT_EQ(index("add " + directory + " --vectors one.ndjson").exit_code, 0);
    EXPECT_EQ(index("delete " + directory + " --ids 0,1").exit_code, 0);
    EXPECT_EQ(stats(directory).at("items"), items - 1);
    EXPECT_NE(stats(directory).at("graph_digest"), digest);
    EXPECT_EQ(index("verify " + directory).exit_code, 0) << graph;
    const ProgramRun found = index("search " + directory + " --queries one.ndjson -k 1 --ef 200");
    EXPECT_TRUE(contains(found.out, "900\t1\t900\t0")) << found.out << found.error;
  }
}

TEST_P(ForeignIndex, WhatCannotBecomeOneIsRefusedAndNothingIsMade) {
  const ProgramRun bare = take("dir", shipped("scipy.npz").string());
  EXPECT_EQ(bare.exit_code, 2);
  EXPECT_TRUE(contains(bare.error, "holds no vectors")) << bare.error;
  write_fvecs("base.fvecs", 0, 10);
  const ProgramRun both = take("dir", shipped("hnswlib-l2.bin").string(), "--vectors base.fvecs");
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_TRUE(contains(both.error, "leave --vectors out")) << both.error;
  const ProgramRun promise =
      take("dir", shipped("hnswlib-l2.bin").string(), "--connectivity parent");
  EXPECT_EQ(promise.exit_code, 2);
  EXPECT_TRUE(contains(promise.error, "connectivity `parent`")) << promise.error;
  const ProgramRun bits =
      index("create dir --store " + std::string(GetParam()) + " --metric hamming --graph '" +
            shipped("hnswlib-l2.bin").string() + "'");
  EXPECT_EQ(bits.exit_code, 2);
  EXPECT_TRUE(contains(bits.error, "compares bits")) << bits.error;
  EXPECT_FALSE(std::filesystem::exists(path("dir")));
}

INSTANTIATE_TEST_SUITE_P(Stores, ForeignIndex, testing::Values("lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::experiments
