#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/experiments/program.h"
#include "tests/experiments/statistics/compared_folder.h"

namespace skerry::experiments {
namespace {

class CompareCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_.add({.selection = "hnsw", .graph = "a"});
    folder_.add({.selection = "closest",
                 .graph = "b",
                 .hits = [](int query) { return 8 + query % 2; },
                 .distances = [](int) { return 360; }});
  }

  ProgramRun compare(const std::string& a, const std::string& b, const std::string& more = "") {
    return skerry("compare '" + folder_.path() + a + "' '" + folder_.path() + b + "' " + more);
  }

  /// The command fails with one line that holds each of `words`.
  void expect_refused(const ProgramRun& run, std::initializer_list<const char*> words) {
    EXPECT_EQ(run.exit_code, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
    for (const char* word : words) {
      EXPECT_NE(run.error.find(word), std::string::npos) << run.error << "lacks " << word;
    }
  }

  ComparedFolder folder_;
};

TEST_F(CompareCommand, PrintsAVerdictForEveryMetricAndCountsThem) {
  const ProgramRun run = compare(":selection=hnsw", ":selection=closest");
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.out.find("selection: A hnsw, B closest"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("1 better, 1 worse"), std::string::npos) << run.out;
}

TEST_F(CompareCommand, FailsOnWorseWhenAskedAndOnlyThen) {
  const std::string a = ":selection=hnsw";
  const std::string b = ":selection=closest";
  EXPECT_EQ(compare(a, b, "--fail-on worse").exit_code, 4);
  EXPECT_EQ(compare(a, b, "--fail-on worse --metric distances").exit_code, 0);
  EXPECT_EQ(compare(b, a, "--fail-on worse --metric recall").exit_code, 0);
  EXPECT_EQ(compare(a, b, "--fail-on worse --metric recall --margin recall=0.1").exit_code, 0);
}

TEST_F(CompareCommand, JsonHasRatiosAndIntervals) {
  const ProgramRun run =
      compare(":selection=hnsw", ":selection=closest", "--json --metric distances,recall");
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const auto json = nlohmann::json::parse(run.out);
  ASSERT_EQ(json.at("rows").size(), 2U);
  EXPECT_NEAR(json["rows"][0].at("ratio").get<double>(), 0.9, 1e-12);
  EXPECT_EQ(json["rows"][0].at("verdict"), "better");
  EXPECT_NEAR(json["rows"][1].at("difference").get<double>(), -0.05, 1e-12);
  EXPECT_LT(json["rows"][1].at("interval")[1].get<double>(), 0);
  EXPECT_TRUE(json["rows"][1].at("over_seeds").is_null());
}

TEST_F(CompareCommand, IsTheSameEveryTime) {
  const ProgramRun run = compare(":selection=hnsw", ":selection=closest", "--json");
  EXPECT_EQ(compare(":selection=hnsw", ":selection=closest", "--json").out, run.out);
}

TEST_F(CompareCommand, RefusesDifferentDataSetsNamingBoth) {
  ComparedFolder other;
  nlohmann::ordered_json record = make_record("memory", "u32", "frozen", 32);
  record["config"]["seed"] = 1;
  record["dataset"]["name"] = "maxi.hdf5";
  record["dataset"]["hash"] = "11ee";
  other.add_record(record);
  const ProgramRun run = skerry("compare " + folder_.path() + " " + other.path());
  expect_refused(run, {"different data sets", "mini-8-angular.hdf5 (00ff)", "maxi.hdf5 (11ee)"});
}

TEST_F(CompareCommand, NamesTheNearestColumnAndValue) {
  expect_refused(compare(":selektion=hnsw", ""), {"did you mean `selection`"});
  expect_refused(compare(":selection=hnsv", ""), {"did you mean `hnsw`"});
  expect_refused(compare(":selection", ""), {"COLUMN=VALUE"});
}

TEST_F(CompareCommand, RefusesOptionsWithoutMeaning) {
  const std::string a = ":selection=hnsw";
  const std::string b = ":selection=closest";
  expect_refused(compare(a, b, "--metric recal"), {"did you mean `recall`"});
  expect_refused(compare(a, b, "--margin qps=fast"), {"fast"});
  expect_refused(compare(a, b, "--at 0.9"), {"recall=0.95"});
  expect_refused(compare(a, b, "--at recall=1"), {"between 0 and 1"});
  expect_refused(compare(a, b, "--at recall=0.9 --metric recall"), {"recall is equal"});
  expect_refused(compare(a, b, "--by M"), {"--at"});
  expect_refused(compare(a, b, "--at recall=0.9 --by eff"), {"did you mean `ef`"});
  expect_refused(compare(a, b, "--fail-on better"), {"worse is"});
}

TEST_F(CompareCommand, RefusesSidesThatCannotBePaired) {
  expect_refused(compare("", ""), {"on both sides"});
  folder_.add({.selection = "random", .graph = "c"});
  ComparedFolder other;
  other.add({.selection = "third"});
  expect_refused(skerry("compare " + folder_.path() + " " + other.path()),
                 {"several points", "selection"});
  ComparedFolder seeds;
  seeds.add({.seed = 9});
  expect_refused(skerry("compare " + folder_.path() + ":selection=hnsw " + seeds.path()),
                 {"share no seed", "1 (", "9 ("});
  expect_refused(skerry("compare /nowhere:a=b " + seeds.path()), {"/nowhere"});
}

TEST_F(CompareCommand, TakesADirectoryWithAColonInItsName) {
  const support::TempDir parent;
  const std::string path = (parent.path() / "a:b").string();
  std::filesystem::copy(folder_.path(), path, std::filesystem::copy_options::recursive);
  const ProgramRun run =
      skerry("compare " + path + ":selection=hnsw " + path + ":selection=closest");
  EXPECT_EQ(run.exit_code, 0) << run.error;
}

}  // namespace
}  // namespace skerry::experiments
