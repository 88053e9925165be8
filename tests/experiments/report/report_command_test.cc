#include <gtest/gtest.h>

#include <regex>

#include "tests/experiments/program.h"
#include "tests/experiments/report/results_folder.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

TEST(ReportCommand, TheFirstDirectoryGetsThePageUnlessAskedOtherwise) {
  ResultsFolder folder;
  folder.add_sweep();
  const ProgramRun run = skerry("report " + folder.path());
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.out.find("24 points"), run.out.npos);
  const std::string page = read_file(folder.path() + "/report.html");
  EXPECT_NE(page.find("<title>by hand</title>"), page.npos);
  EXPECT_EQ(data_of_page(page).at("targets"), ordered_json({0.9, 0.95, 0.99}));
}

TEST(ReportCommand, TitleTargetsAndChoiceAreTaken) {
  ResultsFolder folder;
  folder.add_sweep();
  const ProgramRun run = skerry("report " + folder.path() + " -o " + folder.path() +
                                "/x.html --title 'a <b>' --targets 0.5,0.75 --only ef=16");
  EXPECT_EQ(run.exit_code, 0) << run.error;
  const std::string page = read_file(folder.path() + "/x.html");
  EXPECT_NE(page.find("<title>a &lt;b&gt;</title>"), page.npos);
  EXPECT_EQ(data_of_page(page).at("targets"), ordered_json({0.5, 0.75}));
  EXPECT_EQ(data_of_page(page).at("points").size(), 8U);
}

TEST(ReportCommand, AMistakeIsOneLineAndExitCodeTwo) {
  ResultsFolder folder;
  folder.add_sweep();
  for (const std::string& arguments :
       {std::string("report"), "report " + folder.path() + "/none",
        "report " + folder.path() + " --targets 0.9,1.0",
        "report " + folder.path() + " --targets ''", "report " + folder.path() + " --only ef=17",
        "report " + folder.path() + " -o " + folder.path() + "/no/folder/x.html"}) {
    const ProgramRun run = skerry(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
  }
}

/// Looks at pages with a real browser, headless.
class ReportInBrowser : public testing::Test {
 protected:
  void SetUp() override {
    if (std::string_view(SKERRY_BROWSER).empty()) {
      GTEST_SKIP() << "no chromium, chromium-browser or google-chrome was found at configuration";
    }
    folder_.add_sweep();
  }

  /// The document after its scripts have run. `hash` is the address's.
  std::string open(const std::string& hash, const std::string& arguments = "") {
    const std::string page = folder_.path() + "/report.html";
    const ProgramRun made = skerry("report " + folder_.path() + " -o " + page + " " + arguments);
    EXPECT_EQ(made.exit_code, 0) << made.error;
    const support::TempDir profile;
    const std::string out = profile.path().string() + "/dom";
    const std::string command =
        "timeout 120 " SKERRY_BROWSER
        " --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=" +
        profile.path().string() + " --window-size=1400,2400 --enable-logging=stderr" +
        " --virtual-time-budget=20000 --dump-dom 'file://" + page + "#" + hash + "' >" + out +
        " 2>" + out + ".log </dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << command << read_file(out + ".log");
    console_ = read_file(out + ".log");
    return read_file(out);
  }

  /// An attribute of the element with this id.
  static std::string attribute(const std::string& dom, const std::string& id,
                               const std::string& name) {
    const std::size_t at = dom.find("id=\"" + id + "\"");
    if (at == dom.npos) return "no element " + id;
    const std::size_t open = dom.rfind('<', at);
    const std::string tag = dom.substr(open, dom.find('>', at) - open);
    std::smatch match;
    return std::regex_search(tag, match, std::regex(" " + name + "=\"([^\"]*)\"")) ? match.str(1)
                                                                                   : "none";
  }

  void expect_no_error(const std::string& dom) {
    EXPECT_NE(dom.find("<pre id=\"errors\" hidden=\"\"></pre>"), dom.npos)
        << dom.substr(dom.find("id=\"errors\""), 500);
    EXPECT_EQ(console_.find(":CONSOLE"), console_.npos) << console_;
  }

  ResultsFolder folder_;
  std::string console_;
};

TEST_F(ReportInBrowser, EveryChartIsDrawnWithoutAnError) {
  ordered_json graph = make_record("lmdb", "roaring", "memo", 16);
  graph["graph"]["degrees"] = {
      {{"level", 0}, {"items", 3}, {"out_histogram", {0, 1, 2}}, {"in_histogram", {1, 0, 2}}}};
  folder_.add(graph);
  const std::string dom = open("check");
  expect_no_error(dom);
  EXPECT_EQ(dom.find("<div class=\"empty\">"), dom.npos);
  for (const char* figure :
       {"recall-link-bits", "recall-qps", "qps-link-bytes", "recall-distances", "recall-gets",
        "recall-bytes", "latency", "degrees-out", "degrees-in", "sizes"}) {
    const std::string canvas = std::string("canvas-") + figure;
    EXPECT_GT(std::atoi(attribute(dom, canvas, "data-points").c_str()), 0) << figure;
    EXPECT_GT(std::atoi(attribute(dom, canvas, "data-ink").c_str()), 2000) << figure;
  }
}

TEST_F(ReportInBrowser, AChartHasAllPointsThatDifferAndNoCurveTwice) {
  const std::string dom = open("");
  EXPECT_EQ(attribute(dom, "canvas-recall-qps", "data-points"), "3")
      << "by hand, speed depends on ef alone";
  EXPECT_EQ(attribute(dom, "canvas-recall-link-bits", "data-points"), "6") << "two codecs";
  EXPECT_EQ(attribute(dom, "canvas-recall-link-bits", "data-series"), "2");
}

TEST_F(ReportInBrowser, TheFilterOfTheAddressHidesPointsAndUnticksTheirBoxes) {
  const std::string all = open("");
  EXPECT_EQ(attribute(all, "canvas-recall-link-bits", "data-points"), "6");
  EXPECT_NE(all.find("data-shown=\"24\""), all.npos);
  const std::string some = open("hide=codec:delta,ef:16");
  expect_no_error(some);
  EXPECT_EQ(attribute(some, "canvas-recall-link-bits", "data-points"), "2");
  EXPECT_NE(some.find("data-shown=\"8\""), some.npos);
}

TEST_F(ReportInBrowser, AnAddressThatMeansNothingBreaksNothing) {
  expect_no_error(open("hide=%&hide=none:none,:,x&theme=%FF&ef=7&target=2&level=-1&toString=1"));
}

TEST_F(ReportInBrowser, NothingLeftToShowIsSaidNotBroken) {
  const std::string dom = open("hide=store:lmdb,store:memory&recall=linear&cost=linear&theme=dark");
  expect_no_error(dom);
  EXPECT_NE(dom.find("<div class=\"empty\">"), dom.npos);
  EXPECT_NE(dom.find("data-theme=\"dark\""), dom.npos);
}

TEST_F(ReportInBrowser, HostileNamesAreShownAsText) {
  const std::string hostile = "</script><img src=x onerror=alert(1)>\"'&\n\xE2\x80\xA8:,=%";
  ordered_json record = make_record(hostile, "u32", "direct", 16);
  record["experiment"] = hostile;
  record["provenance"]["settings"] = {hostile};
  folder_.add(record);
  const std::string dom = open("check");
  expect_no_error(dom);
  EXPECT_EQ(dom.find("<img"), dom.npos);
}

TEST_F(ReportInBrowser, RecordsWithoutOptionalFieldsBreakNothing) {
  folder_.add({{"schema", 1}, {"point", "bare"}, {"config", ordered_json::object()}});
  folder_.add({{"schema", 1},
               {"point", "odd"},
               {"config", {{"ef", "many"}, {"store", nullptr}}},
               {"recall", {{"strict", 1.0}}},
               {"qps", {{"median", 0.0}}}});
  expect_no_error(open("check"));
}

TEST_F(ReportInBrowser, FrozenViewsCarryTheirBadge) {
  EXPECT_NE(open("").find("class=\"badge\""), std::string::npos);
  EXPECT_EQ(open("", "--only view=direct").find("class=\"badge\""), std::string::npos);
}

TEST_F(ReportInBrowser, WhatIsHiddenTakesNoColourOfAChart) {
  folder_.add(make_record("rocksdb", "roaring", "direct", 64));
  const std::string all = open("");
  EXPECT_NE(all.find("<b>codec</b>"), all.npos);
  const std::string one = open("hide=codec:u32,codec:roaring");
  expect_no_error(one);
  EXPECT_EQ(one.find("<b>codec</b>"), one.npos) << "one codec is left";
}

TEST_F(ReportInBrowser, TablesOfEqualRecallStandBelowTheChartsWithoutRowsThatSayNothing) {
  // A curve of one point, at recall 0.975, has nothing to read between.
  folder_.add(make_record("rocksdb", "roaring", "direct", 64));
  const std::string dom = open("");
  const std::size_t section = dom.find("<section id=\"verdicts\">");
  ASSERT_NE(section, dom.npos);
  EXPECT_LT(dom.find("<section id=\"figures\""), section);
  const std::string tables = dom.substr(section, dom.find("</section>", section) - section);
  EXPECT_NE(tables.find("<td class=\"text\">lmdb</td>"), tables.npos);
  EXPECT_EQ(tables.find("rocksdb"), tables.npos);
  EXPECT_NE(tables.find("1 curve left out"), tables.npos);
}

TEST_F(ReportInBrowser, AColumnThatAllRowsShareIsSaidOnce) {
  const std::string dom = open("", "--only store=lmdb");
  const std::string both = open("hide=codec:u32");
  const auto tables = [](const std::string& text) {
    const std::size_t section = text.find("<section id=\"verdicts\">");
    return text.substr(section, text.find("</section>", section) - section);
  };
  EXPECT_EQ(tables(dom).find("lmdb"), std::string::npos) << "not an axis at all";
  EXPECT_NE(tables(both).find("All rows: codec=delta. "), std::string::npos);
  EXPECT_EQ(tables(both).find("<td class=\"text\">delta</td>"), std::string::npos);
}

TEST_F(ReportInBrowser, OfManyGraphsTheFirstIsUnfoldedAndOfAFewAll) {
  EXPECT_NE(open("").find("<details class=\"verdict\" open=\"\">"), std::string::npos);
  for (const int m : {8, 32, 64}) {
    for (const int ef : {16, 32, 64}) {
      ordered_json record = make_record("memory", "delta", "direct", ef);
      record["config"]["M"] = m;
      record["graph_digest"] = std::to_string(m);
      record["point"] = std::to_string(m) + "-" + std::to_string(ef);
      folder_.add(record);
    }
  }
  const std::string dom = open("");
  std::size_t open_ones = 0;
  std::size_t all = 0;
  for (std::size_t at = dom.find("class=\"verdict\""); at != dom.npos;
       at = dom.find("class=\"verdict\"", at + 1)) {
    ++all;
    open_ones += dom.compare(at, 23, "class=\"verdict\" open=\"\"") == 0 ? 1 : 0;
  }
  EXPECT_EQ(all, 4U);
  EXPECT_EQ(open_ones, 1U);
}

TEST_F(ReportInBrowser, EveryChartHasItsNumbersInATable) {
  const std::string dom = open("");
  std::size_t tables = 0;
  for (std::size_t at = dom.find("The numbers"); at != dom.npos; at = dom.find("The numbers", at)) {
    ++tables;
    ++at;
  }
  EXPECT_GE(tables, 8U + 1) << "one of them is the script's own text";
  EXPECT_NE(dom.find("title=\"31250\""), dom.npos) << "queries per second at ef = 32, unrounded";
}

}  // namespace
}  // namespace skerry::experiments
