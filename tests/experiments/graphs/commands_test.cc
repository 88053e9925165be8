// `skerry graph`, `trace` and `replay`, run as users do.

#include <gtest/gtest.h>

#include "tests/experiments/graphs/shipped.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

TEST(GraphCommand, DescribesAFileAndNamesItsDigest) {
  const ProgramRun run = skerry("graph info " + shipped("faiss-l2.index").string());
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.out.find("faiss"), std::string::npos);
  EXPECT_NE(run.out.find("cbded4c62e4ff4c08a0a40dac546f55a"), std::string::npos) << run.out;
}

TEST(GraphCommand, MistakesAreOneLineAndCodeTwo) {
  for (const char* arguments : {"graph infp x", "graph info", "graph check x", "graph export x",
                                "graph info /nonexistent", "trace x", "replay /nonexistent"}) {
    const ProgramRun run = skerry(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
  }
}

TEST(GraphCommand, ChecksAGraphAgainstADataSetThatIsNotItsOwn) {
  const ProgramRun run = skerry("graph check " + shipped("scipy.npz").string() +
                                " --metric cosine --dataset " SKERRY_SOURCE_DIR
                                "/experiments/data/wordnet-verbs-384-angular.hdf5");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.error.find("13267"), std::string::npos) << run.error;
}

/// A store of each kind on disk, made by the program.
class StoreOnDisk : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const ProgramRun made = skerry("index create " + path("store") + " --store " + GetParam() +
                                   " --metric cosine --vectors " SKERRY_SOURCE_DIR
                                   "/experiments/data/wordnet-verbs-384-angular.hdf5"
                                   " --M 4 --ef-construction 8");
    ASSERT_EQ(made.exit_code, 0) << made.error;
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  /// The words of a refusal, which must be one line.
  static std::string refused(const std::string& arguments) {
    const ProgramRun run = skerry(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments << run.error << run.out;
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
    return run.error;
  }

  support::TempDir folder_;
};

TEST_P(StoreOnDisk, IsNoGraphFileAndTheMessageSaysWhatDescribesIt) {
  const std::string error = refused("graph info " + path("store"));
  EXPECT_NE(error.find("store of skerry with the indexes main"), std::string::npos) << error;
  EXPECT_NE(error.find("skerry index stats"), std::string::npos) << error;
}

TEST_P(StoreOnDisk, IsTracedOnlyWhenAllThatCostsLittleIsRight) {
  const std::string data = std::string(" --dataset ") + SKERRY_SOURCE_DIR;
  const std::string sift = data + "/experiments/data/sift-small-128-euclidean.hdf5";
  const std::string output = " -o " + path("trace.bin");
  const auto expect = [&](const std::string& arguments, const std::string& words) {
    const std::string error = refused("trace " + arguments);
    EXPECT_NE(error.find(words), std::string::npos) << arguments << "\n" << error;
    EXPECT_FALSE(std::filesystem::exists(path("trace.bin")));
  };
  // What is wrong with the command comes before what is wrong with the data.
  expect("/nonexistent" + output, "--dataset is missing");
  expect("/nonexistent --dataset /nothing", "--output is missing");
  expect("/nonexistent --dataset /nothing -o " + path("none/trace.bin"), "no folder to write");
  expect("/nonexistent --dataset /nothing -o " + path("store"), "it is a directory");
  expect("/nonexistent --dataset /nothing" + output, "neither a store nor a graph file");
  expect(path("store") + " --index other --dataset /nothing" + output, "main");
  expect(path("store") + " --dataset /nothing" + output, "/nothing");
  expect(path("store") + sift + output, "cosine");
}

INSTANTIATE_TEST_SUITE_P(Kinds, StoreOnDisk, testing::Values("lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::experiments
