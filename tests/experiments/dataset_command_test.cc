// `skerry dataset`, as users run it.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "experiments/dataset.h"
#include "experiments/exact_search.h"
#include "tests/experiments/program.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using nlohmann::json;

const std::string sift = SKERRY_SOURCE_DIR "/experiments/data/sift-small-128-euclidean.hdf5";

class DatasetCommand : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  void refused(const std::string& arguments, const std::string& word) {
    const ProgramRun run = skerry("dataset " + arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
    EXPECT_NE(run.error.find(word), std::string::npos) << run.error;
    EXPECT_EQ(run.out, "");
  }

 private:
  support::TempDir folder_;
};

TEST_F(DatasetCommand, InfoDescribesFilesAndSpecs) {
  const ProgramRun run = skerry("dataset info --json " + sift + " 'uniform(n=70, d=3)'");
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const json objects = json::parse(run.out);
  EXPECT_EQ(objects.at(0), (json{{"source", sift},
                                 {"format", "hdf5"},
                                 {"metric", "euclidean"},
                                 {"n", 20000},
                                 {"dimension", 128},
                                 {"queries", 500},
                                 {"truth_depth", 100}}));
  EXPECT_EQ(objects.at(1).at("format"), "synthetic");
  EXPECT_EQ(objects.at(1).at("n"), 70);
  const ProgramRun text = skerry("dataset info " + sift);
  EXPECT_NE(text.out.find("20,000"), std::string::npos) << text.out;
}

TEST_F(DatasetCommand, GroundTruthIsThatOfBruteForceAndLoadsAsNeighbours) {
  const distance::Metric& metric = distance::metric("manhattan");
  const Dataset made = load_dataset({.spec = "uniform(300, 5, queries=12)"}, metric);
  std::vector<float> values(300 * 5);
  std::memcpy(values.data(), made.train.data.data(), made.train.data.size());
  support::write_file(path("x.fbin"), support::bin_bytes(5, values));
  values.resize(12 * 5);
  std::memcpy(values.data(), made.test.data.data(), made.test.data.size());
  support::write_file(path("q.fbin"), support::bin_bytes(5, values));
  const ProgramRun run =
      skerry("dataset groundtruth " + path("x.fbin") + " --queries " + path("q.fbin") +
             " --metric manhattan --k 7 --threads 2 -o " + path("t.ibin"));
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const Dataset loaded = load_dataset(
      {.path = path("x.fbin"), .queries = path("q.fbin"), .neighbors = path("t.ibin")}, metric);
  EXPECT_EQ(loaded.truth->ids, exact_search(made.train, made.test, metric, 7, 1).ids);
  EXPECT_EQ(support::read_file(path("t.ibin")).size(), 8U + 8U * 12 * 7);
}

TEST_F(DatasetCommand, ConvertTakesPartsOfHdf5) {
  ASSERT_EQ(
      skerry("dataset convert " + sift + " " + path("n.ivecs") + " --what neighbors").exit_code, 0);
  EXPECT_EQ(dataset_info({.path = path("n.ivecs")}).dimension, 100U);
  ASSERT_EQ(skerry("dataset convert " + sift + " " + path("x.bvecs")).exit_code, 0);
  const ProgramRun info = skerry("dataset info --json " + path("x.bvecs"));
  EXPECT_EQ(json::parse(info.out).at(0).at("n"), 20000);
}

TEST_F(DatasetCommand, MistakesAreRefusedInOneLine) {
  refused("", "a command is missing");
  refused("inof", "did you mean `info`");
  refused("info", "an argument is missing");
  refused("info " + path("none.fbin"), "none.fbin");
  refused("info " + path("none.xyz"), "unknown extension");
  refused("groundtruth " + sift, "-o OUT.ibin is missing");
  refused("groundtruth " + sift + " -o " + path("t.npy"), "ibin");
  refused("groundtruth " + sift + " --metric cosine -o " + path("t.ibin"), "another metric");
  refused("groundtruth " + sift + " --k 20001 -o " + path("t.ibin"), "20001 nearest of 20000");
  refused("groundtruth " + sift + " --k 0 -o " + path("t.ibin"), "--k");
  refused("groundtruth 'uniform(10, 2)' -o " + path("t.ibin"), "--metric");
  refused("convert " + sift, "an argument is missing");
  refused("convert " + sift + " " + path("x.hdf5"), "not written");
  refused("convert " + sift + " " + path("x.fbin") + " --what tests", "did you mean `test`");
  refused("convert " + sift + " " + path("x.i8bin"), "cannot hold");
  EXPECT_FALSE(std::filesystem::exists(path("x.i8bin")));
}

TEST_F(DatasetCommand, EverySubcommandHasHelp) {
  for (const char* command : {"", "info ", "groundtruth ", "convert "}) {
    const ProgramRun run = skerry("dataset " + std::string(command) + "--help");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_NE(run.out.find("usage: skerry dataset"), std::string::npos) << run.out;
    EXPECT_NE(run.out.find("hdf5"), std::string::npos) << run.out;
  }
}

}  // namespace
}  // namespace skerry::experiments
