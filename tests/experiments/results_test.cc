#include "experiments/results.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "experiments/identity.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string after_append(const std::string& before) {
  const support::TempDir folder;
  std::ofstream(folder.path() / "results.jsonl") << before;
  ResultsFile file(folder.path());
  file.append({{"new", 1}});
  file.sync();
  return contents(file.path());
}

TEST(ResultsFile, RecordsAreAppendedOneToALine) {
  EXPECT_EQ(after_append(""), "{\"new\":1}\n");
  EXPECT_EQ(after_append("{\"old\":1}\n"), "{\"old\":1}\n{\"new\":1}\n");
}

TEST(ResultsFile, LineThatAKilledRunLeftTornIsCutOff) {
  EXPECT_EQ(after_append("{\"old\":1}\n{\"torn\":"), "{\"old\":1}\n{\"new\":1}\n");
  EXPECT_EQ(after_append("{\"torn\":"), "{\"new\":1}\n");
  const std::string large = "{\"torn\":\"" + std::string(200'000, 'x');
  EXPECT_EQ(after_append("{\"old\":1}\n" + large), "{\"old\":1}\n{\"new\":1}\n");
}

TEST(ResultsFile, WholeRecordThatOnlyLacksItsLineBreakIsKept) {
  EXPECT_EQ(after_append("{\"old\":1}"), "{\"old\":1}\n{\"new\":1}\n");
}

TEST(ResultsFile, SecondRunInTheSameDirectoryIsRefused) {
  const support::TempDir folder;
  const ResultsFile first(folder.path() / "deep" / "down");
  try {
    ResultsFile second(folder.path() / "deep" / "down");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::busy);
  }
}

TEST(ResultsFile, DirectoryThatCannotBeMadeIsAnError) {
  EXPECT_THROW(ResultsFile("/proc/nothing/here"), Error);
}

Settings settings(std::int64_t M, std::int64_t ef) {
  std::vector<Value> values;
  for (const Key& key : keys()) {
    if (key.is_number) {
      values.emplace_back(std::int64_t{7});
    } else {
      values.emplace_back(std::string(key.default_value));
    }
  }
  Settings settings(std::move(values));
  settings.set("M", M);
  settings.set("ef", ef);
  settings.set("graph", std::string("build"));
  return settings;
}

TEST(Results, FlatConfigHasEveryColumnOnceWithNumbersAsNumbers) {
  const ordered_json config = flat_config(settings(16, 64));
  EXPECT_EQ(config.size(), keys().size());
  EXPECT_EQ(config.at("M"), 16);
  EXPECT_EQ(config.at("build_threads"), 7);
  EXPECT_EQ(config.at("threads"), 7);
  EXPECT_EQ(config.at("selection"), "hnsw");
}

TEST(Results, PointIdDependsOnSettingsAndDataAndNothingElse) {
  const std::string id = point_id(settings(16, 64), "abc");
  EXPECT_EQ(id.size(), 16U);
  EXPECT_EQ(id, point_id(settings(16, 64), "abc"));
  EXPECT_NE(id, point_id(settings(8, 64), "abc"));
  EXPECT_NE(id, point_id(settings(16, 32), "abc"));
  EXPECT_NE(id, point_id(settings(16, 64), "abd"));
}

TEST(Results, ProvenanceSaysWhatRanWhereAndWithWhat) {
  const ordered_json object = provenance("r1", "c.toml", std::vector<std::string>{"build.M=8"});
  for (const char* field :
       {"run", "started", "config_file", "settings", "version", "commit", "compiler", "flags",
        "kernel_target", "libraries", "cpu", "cores", "memory_bytes", "kernel"}) {
    EXPECT_TRUE(object.contains(field)) << field;
  }
  EXPECT_EQ(object.at("settings").front(), "build.M=8");
  EXPECT_FALSE(object.contains("host"));
}

TEST(Results, RunIdsDiffer) { EXPECT_NE(new_run_id(), new_run_id()); }

}  // namespace
}  // namespace skerry::experiments
