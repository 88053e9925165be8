#include "experiments/report/page.h"

#include <gtest/gtest.h>

#include "experiments/report/page_data.h"
#include "tests/experiments/report/results_folder.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

constexpr std::array<double, 2> targets = {0.9, 0.95};

ResultsInput read(const ResultsFolder& folder, const std::string& only = "") {
  return read_results(std::vector<std::string>{folder.path()}, only);
}

TEST(ReportPage, DataCannotEndItsScriptElementAndReadBackAreTheSame) {
  const ordered_json hostile = {{"a", "</script><script>alert(1)</script>"},
                                {"b", "<!-- \" ' & \n \xE2\x80\xA8 \xC3\xA9"}};
  const std::string text = script_json(hostile);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(ordered_json::parse(text), hostile);
  EXPECT_EQ(data_of_page(report_page("t", hostile)), hostile);
}

TEST(ReportPage, BytesThatAreNotUtf8AreReplacedNotRefused) {
  EXPECT_EQ(script_json({{"path", "a\xFF"}}), "{\"path\":\"a\xEF\xBF\xBD\"}");
}

TEST(ReportPage, ATitleIsTextWhateverItContains) {
  const std::string page = report_page("<b>\"{{data}}\" & 'x'", ordered_json::object());
  EXPECT_NE(page.find("<title>&lt;b&gt;&quot;{{data}}&quot; &amp; &#39;x&#39;</title>"), page.npos);
  EXPECT_EQ(page.find("<b>"), page.npos);
}

TEST(ReportPage, NothingIsLeftOfTheTemplateAndNoAddressIsFetched) {
  const std::string page = report_page("t", ordered_json::object());
  EXPECT_EQ(page.find("{{"), page.npos);
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
  for (const char* fetcher :
       {" src=", "href=\"http", "url(", "@import", "import(", "XMLHttpRequest", "fetch("}) {
    EXPECT_EQ(page.find(fetcher), page.npos) << fetcher;
  }
}

TEST(ReportPage, PaperHasItsOwnStyleWithoutControls) {
  const std::string page = report_page("t", ordered_json::object());
  const std::size_t print = page.find("@media print");
  ASSERT_NE(print, page.npos);
  EXPECT_NE(page.find("#controls", print), page.npos);
}

TEST(ReportPage, TheLibrarysLicenceIsInThePage) {
  const std::string page = report_page("t", ordered_json::object());
  EXPECT_NE(page.find("Chart.js v3"), page.npos);
  EXPECT_NE(page.find("Permission is hereby granted"), page.npos);
}

TEST(PageData, PointsAreThoseOfTheFileUnchangedAndInItsOrder) {
  ResultsFolder folder;
  folder.add_sweep();
  const ordered_json data = page_data(read(folder), targets);
  ASSERT_EQ(data.at("points").size(), 24U);
  std::ifstream file(folder.path() + "/results.jsonl");
  std::string line;
  for (const ordered_json& point : data.at("points")) {
    ASSERT_TRUE(std::getline(file, line));
    EXPECT_EQ(point.at("record").dump(), line);
  }
}

TEST(PageData, EveryPointIsOnOneCurveByAscendingEf) {
  ResultsFolder folder;
  for (const int ef : {64, 16, 32}) folder.add(make_record("lmdb", "u32", "memo", ef));
  folder.add(make_record("lmdb", "delta", "memo", 16));
  const ordered_json data = page_data(read(folder), targets);
  ASSERT_EQ(data.at("curves").size(), 2U);
  EXPECT_EQ(data.at("curves")[0].at("points"), ordered_json({1, 2, 0}));
  EXPECT_EQ(data.at("curves")[1].at("points"), ordered_json::array({3}));
}

TEST(PageData, CurvesAreReadAtTheTargetsAndNeverBeyondTheirPoints) {
  ResultsFolder folder;
  // Recall 0.9, 0.95, 0.975.
  for (const int ef : {16, 32, 64}) folder.add(make_record("lmdb", "u32", "memo", ef));
  constexpr std::array<double, 4> recalls = {0.89, 0.95, 0.96, 0.99};
  const ordered_json at = page_data(read(folder), recalls).at("curves")[0].at("at");
  EXPECT_TRUE(at[0].at("qps").is_null());
  EXPECT_NEAR(at[1].at("qps").get<double>(), 1e6 / 32, 1e-6);
  EXPECT_NEAR(at[1].at("distances").get<double>(), 320, 1e-6);
  // ef = 1.6 / (1 - recall) is a straight line in logarithms, and so is what costs in proportion.
  EXPECT_NEAR(at[2].at("qps").get<double>(), 1e6 / 40, 1e-6);
  EXPECT_TRUE(at[3].at("qps").is_null());
}

TEST(PageData, ColumnsThatVaryAreNamedWithTheirStage) {
  ResultsFolder folder;
  folder.add_sweep();
  EXPECT_EQ(page_data(read(folder), targets).at("varying"),
            ordered_json({{{"name", "store"}, {"stage", "layout"}},
                          {{"name", "codec"}, {"stage", "layout"}},
                          {{"name", "view"}, {"stage", "search"}},
                          {{"name", "ef"}, {"stage", "search"}}}));
}

TEST(PageData, SeveralDirectoriesStandSideBySide) {
  ResultsFolder a;
  ResultsFolder b;
  a.add(make_record("lmdb", "u32", "memo", 16));
  b.add(make_record("lmdb", "u32", "memo", 16));
  const ResultsInput input = read_results(std::vector<std::string>{a.path(), b.path()}, "");
  const ordered_json data = page_data(input, targets);
  EXPECT_EQ(data.at("points").size(), 2U);
  EXPECT_EQ(data.at("curves").size(), 2U);
  EXPECT_EQ(data.at("points")[1].at("directory"), 1);
  EXPECT_EQ(data.at("varying")[0].at("name"), "directory");
}

TEST(PageData, RecordsWithoutOptionalFieldsAreShownAsTheyAre) {
  ResultsFolder folder;
  folder.add({{"schema", 1}, {"point", "p"}, {"config", ordered_json::object()}});
  folder.add({{"schema", 1}, {"point", "q"}, {"config", {{"ef", "many"}}}, {"qps", 3}});
  const ordered_json data = page_data(read(folder), targets);
  EXPECT_EQ(data.at("points").size(), 2U);
  EXPECT_TRUE(data.at("noise").is_null());
  EXPECT_TRUE(data.at("curves")[0].at("at")[0].at("qps").is_null());
}

TEST(PageData, RepeatedMeasurementsGiveTheNoiseFloor) {
  ResultsFolder folder;
  for (const int ef : {16, 32, 64}) folder.add(make_record("lmdb", "u32", "memo", ef));
  const std::array<double, 3> factors = {1.02, 1 / 1.05, 1.01};
  for (std::size_t i = 0; i < 3; ++i) {
    ordered_json repeat = make_record("lmdb", "u32", "memo", 16 << i);
    repeat["aa"] = 1;
    repeat["qps"]["median"] = repeat["qps"]["median"].get<double>() * factors[i];
    folder.add(repeat, "noise.jsonl");
  }
  const ordered_json noise = page_data(read(folder), targets).at("noise");
  EXPECT_EQ(noise.at("pairs"), 3);
  EXPECT_NEAR(noise.at("qps_median").get<double>(), 1.02, 1e-9);
  EXPECT_NEAR(noise.at("qps_max").get<double>(), 1.05, 1e-9);
  EXPECT_EQ(noise.at("differing"), 0);
}

TEST(PageData, FailedPointsAreHandedOn) {
  ResultsFolder folder;
  folder.add(make_record("lmdb", "u32", "memo", 16));
  const ordered_json failure = {
      {"config", {{"codec", "rice"}}}, {"stage", "layout"}, {"why", "killed by signal 9"}};
  folder.add(failure, "failures.jsonl");
  EXPECT_EQ(page_data(read(folder), targets).at("failures"), ordered_json::array({failure}));
}

/// The page's warnings as one text.
std::string warnings(const ResultsFolder& folder) {
  return page_data(read(folder), targets).at("warnings").dump();
}

TEST(Warnings, OrdinaryResultsHaveNone) {
  ResultsFolder folder;
  folder.add_sweep();
  EXPECT_EQ(warnings(folder), "[]");
}

TEST(Warnings, SeveralMachinesCommitsAndDataSetsAreNamed) {
  ResultsFolder folder;
  folder.add(make_record("lmdb", "u32", "memo", 16));
  ordered_json other = make_record("lmdb", "u32", "memo", 32);
  other["provenance"]["cpu"] = "another processor";
  other["provenance"]["commit"] = "bbbb-dirty";
  other["dataset"]["hash"] = "11ff";
  folder.add(other);
  for (const char* words : {"2 machines", "another processor", "aaaa, bbbb-dirty",
                            "changed sources", "2 different data sets"}) {
    EXPECT_NE(warnings(folder).find(words), std::string::npos) << words;
  }
}

TEST(Warnings, RecallThatDependsOnTheStoreIsADefect) {
  ResultsFolder folder;
  folder.add(make_record("lmdb", "u32", "memo", 16));
  ordered_json other = make_record("memory", "u32", "memo", 16);
  other["recall"]["strict"] = 0.5;
  folder.add(other);
  EXPECT_NE(warnings(folder).find("1 point(s) differ in recall"), std::string::npos);
}

TEST(Warnings, ALukewarmCacheAndATornFileAreTold) {
  ResultsFolder folder;
  ordered_json record = make_record("lmdb", "u32", "memo", 16);
  record["cache"] = {{"asked", "cold"}, {"state", "lukewarm"}};
  folder.add(record);
  std::ofstream(folder.path() + "/results.jsonl", std::ios::app) << "{\"schema\":1,";
  EXPECT_NE(warnings(folder).find("lukewarm"), std::string::npos);
  EXPECT_NE(warnings(folder).find("cut short"), std::string::npos);
}

}  // namespace
}  // namespace skerry::experiments
