// What the program says to a user who asks for help, makes a mistake, or brings bad data.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/experiments/config_file.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

using nlohmann::json;

const std::string small =
    "[dataset]\nspec = \"uniform(n=300, d=8, queries=20)\"\n[build]\nmetric = \"euclidean\"\n";

/// The run must be refused: exit code 2, one line on stderr, nothing on stdout.
std::string refusal(const std::string& arguments, const std::string& before = ":") {
  const ProgramRun run = skerry(arguments, before);
  EXPECT_EQ(run.exit_code, 2) << arguments << "\n" << run.error;
  EXPECT_TRUE(is_one_error(run.error)) << run.error;
  EXPECT_EQ(run.out, "");
  return run.error;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Program, HelpNamesCommandsAndExitCodes) {
  const ProgramRun run = skerry("--help");
  EXPECT_EQ(run.exit_code, 0);
  for (const char* part :
       {"run", "plan", "list", "report", "export", "inspect", "dataset", "Exit codes", "130"}) {
    EXPECT_TRUE(contains(run.out, part)) << part;
  }
}

TEST(Program, EveryCommandHasHelpWithDefaults) {
  for (const char* command : {"run", "plan", "list", "report", "export", "inspect", "dataset"}) {
    const ProgramRun run = skerry(std::string(command) + " --help");
    EXPECT_EQ(run.exit_code, 0) << command;
    EXPECT_TRUE(contains(run.out, std::string("skerry ") + command)) << run.out;
  }
  EXPECT_TRUE(contains(skerry("run --help").out, "build.ef_construction  100"));
  EXPECT_TRUE(contains(skerry("inspect --help").out, "(default: main)"));
}

TEST(Program, VersionNamesWhatItIsMadeOf) {
  const ProgramRun run = skerry("--version");
  EXPECT_EQ(run.exit_code, 0);
  for (const char* part :
       {"skerry ", "commit", "compiler", "kernels", "roaring", "highway", "boost", "hdf5"}) {
    EXPECT_TRUE(contains(run.out, part)) << part;
  }
}

TEST(Program, MistakesInTheCommandLineAreRefusedWithTheNearest) {
  EXPECT_TRUE(contains(refusal(""), "a command is missing"));
  EXPECT_TRUE(contains(refusal("rum x"), "did you mean `run`?"));
  EXPECT_TRUE(contains(refusal("run"), "an argument is missing"));
  EXPECT_TRUE(contains(refusal("run a b"), "`b` is one argument too many"));
  EXPECT_TRUE(contains(refusal("run a --keep-store"), "did you mean `--keep-stores`?"));
  EXPECT_TRUE(contains(refusal("run a -o"), "usage: skerry run"));
  EXPECT_TRUE(contains(refusal("list codec"), "did you mean `codecs`?"));
  EXPECT_TRUE(contains(refusal("inspect . --ef x"), "--ef is `x`"));
}

TEST(Program, PlanPrintsGraphsLayoutsAndPointsAndRunsNothing) {
  const ConfigFile file(small + "M = [4, 8]\nstore = [\"memory\", \"lmdb\"]\n");
  const std::string folder = file.path().parent_path().string();
  const ProgramRun run = skerry("plan config.toml --set search.ef=16,32", "cd " + folder);
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_TRUE(
      contains(run.out, "config: 2 graphs, 4 layouts, 8 points (0 duplicates merged, 0 excluded)"))
      << run.out;
  EXPECT_TRUE(contains(run.out, "ef=16,32"));
  EXPECT_FALSE(std::filesystem::exists(folder + "/results"));

  const json plan = json::parse(skerry("plan " + file.path().string() + " --json").out);
  EXPECT_EQ(plan.at("points"), 4);
  EXPECT_EQ(plan.at("graphs").size(), 2U);
  EXPECT_EQ(plan.at("graphs")[0].at("M"), 4);
  EXPECT_EQ(plan.at("graphs")[0].at("layouts")[1].at("store"), "lmdb");
  EXPECT_EQ(plan.at("graphs")[0].at("layouts")[1].at("points")[0].at("ef"), 64);
}

TEST(Program, ListNamesEveryKindAndOneKindAlone) {
  const json all = json::parse(skerry("list --json").out);
  for (const char* kind : {"datasets", "stores", "selections", "overflows", "levels", "schedules",
                           "metrics", "codecs", "views"}) {
    EXPECT_FALSE(all.at(kind).empty()) << kind;
    EXPECT_EQ(json::parse(skerry(std::string("list ") + kind + " --json").out).size(), 1U);
    EXPECT_TRUE(contains(skerry("list").out, kind));
  }
}

TEST(Program, BadInputIsOneLineAndNothingRuns) {
  const ConfigFile file(small);
  const std::string config = file.path().string();
  const std::string output = " -o " + file.path().parent_path().string() + "/out ";
  EXPECT_TRUE(contains(refusal("run /nonexistent.toml"), "/nonexistent.toml"));
  EXPECT_TRUE(contains(refusal("run " + config + output + "--set build.selection=hnws"),
                       "did you mean `hnsw`?"));
  EXPECT_TRUE(contains(refusal("run " + config + output + "--set search.k=0"), "`k` is 0"));
  EXPECT_TRUE(contains(refusal("run " + config + output + "--set search.ef=0"), "`ef` is 0"));
  EXPECT_TRUE(contains(refusal("run " + config + output + "--set build.M=0"), "`M` is 0"));
  EXPECT_TRUE(contains(refusal("run " + config + output + "--set dataset.path=/nonexistent.hdf5"),
                       "/nonexistent.hdf5"));
  EXPECT_TRUE(
      contains(refusal("run " + config + output + "--set 'dataset.spec=uniform(n=0, d=4)'"), "n"));
  EXPECT_TRUE(contains(refusal("run " + config + " -o /proc/nothing/here"), "/proc/nothing/here"));
  EXPECT_FALSE(std::filesystem::exists(file.path().parent_path() / "out" / "results.jsonl"));
}

TEST(Program, TornDataSetIsRefusedBeforeAnyWork) {
  const support::TempDir folder;
  const std::filesystem::path whole =
      std::filesystem::path(SKERRY_SOURCE_DIR) / "experiments/data/sift-small-128-euclidean.hdf5";
  const std::filesystem::path torn = folder.path() / "torn.hdf5";
  std::filesystem::copy_file(whole, torn);
  for (const std::uintmax_t size : {std::uintmax_t{0}, std::uintmax_t{100}, std::uintmax_t{5000},
                                    std::filesystem::file_size(whole) / 2}) {
    std::filesystem::resize_file(torn, size);
    const ConfigFile file("[dataset]\npath = \"" + torn.string() +
                          "\"\n[build]\nmetric = \"euclidean\"\n");
    const std::string error =
        refusal("run " + file.path().string() + " -o " + (folder.path() / "out").string());
    EXPECT_TRUE(contains(error, "torn.hdf5")) << error;
    std::filesystem::copy_file(whole, torn, std::filesystem::copy_options::overwrite_existing);
  }
}

TEST(Program, InspectOfSomethingElseIsRefused) {
  const support::TempDir folder;
  EXPECT_TRUE(contains(refusal("inspect " + folder.path().string()), "no store here"));
  EXPECT_TRUE(contains(refusal("inspect /nonexistent"), "/nonexistent"));
  std::ofstream(folder.path() / "data.mdb") << "garbage";
  EXPECT_TRUE(contains(refusal("inspect " + folder.path().string()), folder.path().string()));
}

}  // namespace
}  // namespace skerry::experiments
