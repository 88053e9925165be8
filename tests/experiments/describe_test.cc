#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "experiments/churn_via.h"
#include "experiments/config.h"
#include "experiments/keys_help.h"
#include "graph/layout.h"
#include "heuristics/registry.h"
#include "tests/experiments/config_file.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

TEST(Describe, EveryKeyHasAllFieldsAndAnExampleThatAConfigTakes) {
  for (const Key& key : keys()) {
    EXPECT_FALSE(key.description.empty()) << key.column;
    EXPECT_FALSE(default_text(key).empty()) << key.column;
    EXPECT_FALSE(values_text(key).empty()) << key.column;
    EXPECT_FALSE(redone_text(key.stage).empty()) << key.column;
    const bool metric = key.column == "metric";
    const ConfigFile file("[dataset]\nspec = \"uniform(n=100, d=4)\"\n[build]\n" +
                          std::string(metric ? "" : "metric = \"cosine\"\n") +
                          (key.table == "search" ? "[search]\n" : "") + example_text(key) + "\n");
    EXPECT_NO_THROW(read_config(file.path(), {})) << example_text(key);
  }
}

TEST(Describe, DocumentsHoldTheTablesOfThisProgram) {
  std::ifstream file(SKERRY_SOURCE_DIR "/docs/configs.md");
  const std::string docs(std::istreambuf_iterator<char>(file), {});
  for (const std::string table : {"build", "search"}) {
    EXPECT_NE(docs.find("### [" + table + "]\n\n" + key_table_markdown(table) + "\n"),
              std::string::npos)
        << "docs/configs.md lacks the table that `skerry describe --markdown` prints:\n"
        << key_table_markdown(table);
  }
}

TEST(Describe, KeysAndPoliciesAreDescribedByName) {
  const ProgramRun M0 = skerry("describe M0");
  EXPECT_EQ(M0.exit_code, 0);
  for (const char* part : {"build.M0", "\"2*M\"", "1..4096", "the graph", "example"}) {
    EXPECT_NE(M0.out.find(part), std::string::npos) << part << "\n" << M0.out;
  }
  const ProgramRun threads = skerry("describe threads");
  EXPECT_NE(threads.out.find("build.threads"), std::string::npos);
  EXPECT_NE(threads.out.find("search.threads"), std::string::npos);
  for (const heuristics::PolicyDescription& policy : heuristics::describe_policies()) {
    const ProgramRun run = skerry("describe " + std::string(policy.name));
    EXPECT_EQ(run.exit_code, 0) << policy.name;
    for (const Parameter& parameter : policy.parameters) {
      const std::string text =
          std::string(parameter.name) + "=" + std::string(parameter.default_value);
      EXPECT_NE(run.out.find(text), std::string::npos) << run.out;
    }
  }
}

TEST(Describe, EveryLayoutAndViaIsDescribedWithItsParameters) {
  const auto expect_described = [](std::span<const SpecKind> kinds) {
    EXPECT_FALSE(kinds.empty());
    for (const SpecKind& kind : kinds) {
      const ProgramRun run = skerry("describe " + std::string(kind.name));
      EXPECT_EQ(run.exit_code, 0) << kind.name;
      EXPECT_NE(run.out.find(kind.description), std::string::npos) << run.out;
      for (const Parameter& parameter : kind.parameters) {
        EXPECT_NE(run.out.find(parameter.description), std::string::npos) << run.out;
      }
    }
  };
  expect_described(graph::layout_kinds());
  expect_described(via_kinds());
}

TEST(Describe, MisspeltNameNamesTheNearest) {
  const ProgramRun run = skerry("describe ef_constuction");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.error.find("did you mean `ef_construction`?"), std::string::npos) << run.error;
}

TEST(Describe, WithoutANameAllIsListed) {
  const ProgramRun run = skerry("describe");
  for (const Key& key : keys()) {
    EXPECT_NE(run.out.find(std::string(key.table) + "." + std::string(key.name)),
              std::string::npos);
  }
}

}  // namespace
}  // namespace skerry::experiments
