#include "experiments/report/results_input.h"

#include <gtest/gtest.h>

#include "tests/experiments/report/results_folder.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

ResultsInput read(const std::vector<std::string>& folders, const std::string& only = "") {
  return read_results(folders, only);
}

TEST(ResultsInput, AnEmptyFileAndAMissingOneSaySo) {
  ResultsFolder folder;
  expect_error(Code::not_found, {"skerry run"}, [&] { read({folder.path()}); });
  std::ofstream(folder.path() + "/results.jsonl");
  expect_error(Code::not_found, {"no finished point", folder.path()},
               [&] { read({folder.path()}); });
}

TEST(ResultsInput, ADirectoryGivenTwiceIsRefused) {
  ResultsFolder folder;
  folder.add(make_record("lmdb", "u32", "memo", 16));
  expect_error(Code::invalid_argument, {"given twice"}, [&] {
    read({folder.path(), folder.path() + "/."});
  });
}

TEST(ResultsInput, OnlyKeepsThePointsForWhichEveryTermHolds) {
  ResultsFolder folder;
  folder.add_sweep();
  EXPECT_EQ(read({folder.path()}, "store=lmdb").points.size(), 12U);
  EXPECT_EQ(read({folder.path()}, "store=lmdb&ef=32&view=frozen").points.size(), 2U);
}

TEST(ResultsInput, AMisspeltTermNamesTheNearest) {
  ResultsFolder folder;
  folder.add_sweep();
  const auto with = [&](const char* only) { return [&, only] { read({folder.path()}, only); }; };
  expect_error(Code::invalid_argument, {"unknown column `codek`", "`codec`"}, with("codek=u32"));
  expect_error(Code::invalid_argument, {"unknown value of store `lmbd`", "`lmdb`"},
               with("store=lmbd"));
  expect_error(Code::invalid_argument, {"`store`", "COLUMN=VALUE"}, with("store"));
  expect_error(Code::invalid_argument, {"COLUMN=VALUE"}, with("store=lmdb&"));
}

TEST(ResultsInput, TermsThatNoPointHasTogetherLeaveNothing) {
  ResultsFolder folder;
  folder.add(make_record("lmdb", "u32", "memo", 16));
  folder.add(make_record("memory", "delta", "memo", 16));
  expect_error(Code::not_found, {"no point"},
               [&] { read({folder.path()}, "store=lmdb&codec=delta"); });
}

TEST(ResultsInput, RepeatsAreKeptWithTheirPoints) {
  ResultsFolder folder;
  folder.add_sweep();
  folder.add(make_record("lmdb", "u32", "direct", 16), "noise.jsonl");
  folder.add(make_record("memory", "u32", "direct", 16), "noise.jsonl");
  EXPECT_EQ(read({folder.path()}).repeats.size(), 2U);
  EXPECT_EQ(read({folder.path()}, "store=lmdb").repeats.size(), 1U);
}

TEST(ResultsInput, ALineBesideTheResultsThatIsNoObjectIsNamed) {
  ResultsFolder folder;
  folder.add_sweep();
  folder.add({1, 2}, "failures.jsonl");
  expect_error(Code::corrupt, {"failures.jsonl:1"}, [&] { read({folder.path()}); });
}

}  // namespace
}  // namespace skerry::experiments
