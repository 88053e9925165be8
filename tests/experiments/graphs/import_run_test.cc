// A graph from a file takes the place of the build, in the program as users run it.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/experiments/graphs/shipped.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

using nlohmann::json;

class ImportRun : public testing::Test {
 protected:
  ProgramRun run(const std::string& options) {
    return skerry("run " + config_ + " -o " + (folder_.path() / "results").string() + " " +
                  options);
  }

  void SetUp() override {
    config_ = (folder_.path() / "c.toml").string();
    std::ofstream(config_)
        << "[dataset]\nspec = \"uniform(n=400, d=6, queries=20)\"\n[build]\n"
           "metric = \"euclidean\"\nM = 6\nstore = \"lmdb\"\n[search]\nef = 20\n";
  }

  std::vector<json> records() {
    std::ifstream file(folder_.path() / "results" / "results.jsonl");
    std::vector<json> all;
    for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
    return all;
  }

  support::TempDir folder_;
  std::string config_;
};

TEST_F(ImportRun, AnExportedGraphGivesTheSameDigestRecallAndWork) {
  ASSERT_EQ(run("--keep-stores").exit_code, 0);
  const auto stores = folder_.path() / "results" / "stores";
  const std::string store = std::filesystem::directory_iterator(stores)->path().string();
  const std::string file = (folder_.path() / "graph.npz").string();
  ASSERT_EQ(skerry("graph export " + store + " -o " + file).exit_code, 0);
  const ProgramRun imported = run("--set build.graph='\"" + file + "\"'");
  ASSERT_EQ(imported.exit_code, 0) << imported.error;
  const std::vector<json> all = records();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].at("graph_digest"), all[1].at("graph_digest"));
  EXPECT_EQ(all[0].at("recall"), all[1].at("recall"));
  EXPECT_EQ(all[0].at("work"), all[1].at("work"));
  EXPECT_EQ(all[1].at("config").at("graph"), file);
}

TEST_F(ImportRun, AGraphOverOtherDataFailsItsPointsAndSaysWhy) {
  const std::string file = std::string(SKERRY_SOURCE_DIR) + "/tests/data/graphs/faiss-l2.index";
  const ProgramRun imported = run("--set build.graph='\"" + file + "\"'");
  EXPECT_EQ(imported.exit_code, 3);
  EXPECT_NE(imported.error.find("faiss-l2.index"), std::string::npos) << imported.error;
  EXPECT_TRUE(records().empty());
}

/// Rows of shipped_vectors() as .fvecs.
void write_fvecs(const std::filesystem::path& path, std::size_t first, std::size_t count) {
  const Matrix vectors = shipped_vectors();
  std::ofstream file(path, std::ios::binary);
  for (std::size_t i = first; i < first + count; ++i) {
    const std::int32_t dimension = 8;
    file.write(reinterpret_cast<const char*>(&dimension), 4);
    file << as_text(Bytes(vectors.row(i)).first(32));
  }
}

TEST_F(ImportRun, AnIndexOfHannoyIsSearchedAndItsNumberIsPartOfThePoint) {
  write_fvecs(folder_.path() / "base.fvecs", 0, 40);
  write_fvecs(folder_.path() / "queries.fvecs", 100, 10);
  std::ofstream(config_) << "[dataset]\npath = \"" << (folder_.path() / "base.fvecs").string()
                         << "\"\nqueries = \"" << (folder_.path() / "queries.fvecs").string()
                         << "\"\n[build]\nmetric = \"euclidean\"\n[search]\nef = 40\nk = 5\n"
                         << "[[group]]\n[group.build]\ngraph = [\"hannoy("
                         << shipped("hannoy").string() << ", index=0)\", \"hannoy("
                         << shipped("hannoy").string() << ", index=1)\"]\n";
  const ProgramRun imported = run("");
  ASSERT_EQ(imported.exit_code, 0) << imported.error;
  const std::vector<json> all = records();
  ASSERT_EQ(all.size(), 3U);
  std::set<std::string> digests;
  for (const json& record : all) digests.insert(record.at("graph_digest"));
  EXPECT_EQ(digests.size(), 3U);
}

}  // namespace
}  // namespace skerry::experiments
