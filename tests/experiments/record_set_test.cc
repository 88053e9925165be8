#include "experiments/record_set.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

class RecordSetTest : public testing::Test {
 protected:
  RecordSet read(const std::string& text) {
    std::ofstream(folder_.path() / "results.jsonl", std::ios::binary) << text;
    return read_records(folder_.path());
  }

  static std::string record(const std::string& point, int ef) {
    return "{\"schema\":1,\"point\":\"" + point +
           "\",\"config\":{\"codec\":\"delta\",\"ef\":" + std::to_string(ef) + "}}\n";
  }

  support::TempDir folder_;
};

TEST_F(RecordSetTest, TheLastRecordOfAPointCountsInTheFirstOnesPlace) {
  const RecordSet set = read(record("a", 1) + record("b", 2) + record("a", 3));
  ASSERT_EQ(set.records.size(), 2U);
  EXPECT_EQ(set.records[0].at("config").at("ef"), 3);
  EXPECT_EQ(set.records[1].at("point"), "b");
  EXPECT_EQ(set.superseded, 1U);
  EXPECT_FALSE(set.torn);
}

TEST_F(RecordSetTest, ATornLastLineIsLeftOutAndTold) {
  const std::string whole = record("a", 1);
  const RecordSet set = read(whole + whole.substr(0, whole.size() - 1));
  EXPECT_EQ(set.records.size(), 1U);
  EXPECT_TRUE(set.torn);
}

TEST_F(RecordSetTest, ALineThatIsNoRecordIsNamed) {
  expect_error(Code::corrupt, {"results.jsonl:2"}, [&] { read(record("a", 1) + "{\"x\":1}\n"); });
  expect_error(Code::corrupt, {"results.jsonl:1"}, [&] { read("nonsense\n"); });
}

TEST_F(RecordSetTest, AnotherSchemaIsRefusedNamingBoth) {
  expect_error(Code::version, {"schema 7", "schema 1"},
               [&] { read("{\"schema\":7,\"point\":\"a\",\"config\":{}}\n"); });
}

TEST_F(RecordSetTest, AMissingFileSaysWhatWritesIt) {
  expect_error(Code::not_found, {"skerry run"}, [&] { read_records(folder_.path() / "none"); });
}

TEST_F(RecordSetTest, ColumnsThatDifferAreListedInTheOrderOfTheRecord) {
  const RecordSet set = read(record("a", 1) + record("b", 2));
  EXPECT_EQ(varying_columns(set.records), std::vector<std::string>{"ef"});
  EXPECT_EQ(config_spelling(set.records[1], "ef"), "2");
  EXPECT_EQ(config_spelling(set.records[1], "codec"), "delta");
  EXPECT_EQ(config_spelling(set.records[1], "none"), "");
}

}  // namespace
}  // namespace skerry::experiments
