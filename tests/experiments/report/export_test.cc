#include <gtest/gtest.h>

#include "experiments/report/csv.h"
#include "experiments/report/pgfplots.h"
#include "tests/experiments/program.h"
#include "tests/experiments/report/results_folder.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

ResultsInput read(const ResultsFolder& folder) {
  return read_results(std::vector<std::string>{folder.path()}, "");
}

/// Fields of an RFC 4180 text, line by line.
std::vector<std::vector<std::string>> parse_csv(const std::string& text) {
  std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& field = lines.back().back();
    if (text[i] == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[++i];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && text[i] == ',') {
      lines.back().emplace_back();
    } else if (!quoted && text.compare(i, 2, "\r\n") == 0) {
      lines.emplace_back(1);
      ++i;
    } else {
      field += text[i];
    }
  }
  lines.pop_back();  // what follows the last line break
  return lines;
}

TEST(Csv, EveryScalarFieldIsAColumnAndEveryPointARow) {
  ResultsFolder folder;
  folder.add_sweep();
  const auto lines = parse_csv(results_csv(read(folder)));
  ASSERT_EQ(lines.size(), 25U);
  const ordered_json first = make_record("memory", "u32", "direct", 16);
  const auto fields = scalar_fields(first);
  ASSERT_EQ(lines[0].size(), fields.size() + 1);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(lines[0][i + 1], fields[i].first);
    EXPECT_EQ(lines[1][i + 1], fields[i].second->is_string() ? fields[i].second->get<std::string>()
                                                             : fields[i].second->dump());
  }
}

TEST(Csv, CommasQuotesAndLineBreaksSurviveInQuotes) {
  ResultsFolder folder;
  const std::string hostile = "capped(geometric, \"3\")\r\n=1+1";
  ordered_json record = make_record("lmdb", "u32", "memo", 16);
  record["config"]["levels"] = hostile;
  folder.add(record);
  const auto lines = parse_csv(results_csv(read(folder)));
  ASSERT_EQ(lines.size(), 2U);
  const auto place = std::find(lines[0].begin(), lines[0].end(), "config.levels");
  ASSERT_NE(place, lines[0].end());
  EXPECT_EQ(lines[1][static_cast<std::size_t>(place - lines[0].begin())], hostile);
}

TEST(Csv, AFieldThatSomePointsLackIsEmptyThereAndStandsWithItsGroup) {
  ResultsFolder folder;
  folder.add(make_record("lmdb", "u32", "memo", 16));
  ordered_json record = make_record("lmdb", "u32", "memo", 32);
  record["recall"]["added"] = nullptr;
  folder.add(record);
  const auto lines = parse_csv(results_csv(read(folder)));
  const auto place = std::find(lines[0].begin(), lines[0].end(), "recall.added");
  ASSERT_NE(place, lines[0].end());
  EXPECT_EQ(*(place - 1), "recall.p5");
  const auto column = static_cast<std::size_t>(place - lines[0].begin());
  EXPECT_EQ(lines[1][column] + lines[2][column], "");
}

TEST(Pgfplots, ATableHasOneRowPerPointOfItsCurve) {
  ResultsFolder folder;
  folder.add_sweep();
  const support::TempDir out;
  EXPECT_EQ(write_pgfplots(read(folder), out.path() / "new" / "figures"), 8U);
  const std::string table = read_file(out.path() / "new/figures/curve_01.dat");
  EXPECT_NE(table.find("# store=memory\n"), table.npos);
  EXPECT_NE(table.find("\n16 0.9 "), table.npos);
  EXPECT_NE(table.find("\n64 0.975 "), table.npos);
  EXPECT_EQ(table.find("\n128"), table.npos);
  EXPECT_NE(table.find(" 680\n"), table.npos) << "8 (80000 + 5000) / 1000 link bits per vector";
  const std::string document = read_file(out.path() / "new/figures/recall_qps.tex");
  EXPECT_NE(document.find("{curve_08.dat}"), document.npos);
  EXPECT_NE(document.find("\\end{document}"), document.npos);
}

TEST(Pgfplots, LabelsArePrintedAsTheyAreByLatex) {
  EXPECT_EQ(escape_tex("a_b{50%}$#&^~\\\n<"),
            "a\\_b\\{50\\%\\}\\$\\#\\&\\textasciicircum{}\\textasciitilde{}\\textbackslash{} "
            "\\textless{}");
}

TEST(Pgfplots, AConfigValueCannotAddALineToATable) {
  ResultsFolder folder;
  ordered_json record = make_record("lmdb", "u32", "memo", 16);
  record["config"]["levels"] = "x\n1 2 3";
  folder.add(record);
  const support::TempDir out;
  write_pgfplots(read(folder), out.path());
  const std::string table = read_file(out.path() / "curve_01.dat");
  EXPECT_EQ(table.find("\n1 2 3"), table.npos);
  EXPECT_NE(table.find("# levels=x 1 2 3\n"), table.npos);
}

TEST(ExportCommand, WithoutAFormItSaysWhichThereAre) {
  ResultsFolder folder;
  folder.add_sweep();
  const ProgramRun run = skerry("export " + folder.path());
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_TRUE(is_one_error(run.error));
  EXPECT_NE(run.error.find("--pgfplots"), run.error.npos);
}

TEST(ExportCommand, WritesWhatIsAskedForOfTheChosenPoints) {
  ResultsFolder folder;
  folder.add_sweep();
  const support::TempDir out;
  const ProgramRun run =
      skerry("export " + folder.path() + " --csv " + out.path().string() + "/x.csv --pgfplots " +
             out.path().string() + " --only 'store=lmdb&ef=16'");
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_EQ(parse_csv(read_file(out.path() / "x.csv")).size(), 5U);
  EXPECT_TRUE(std::filesystem::exists(out.path() / "curve_04.dat"));
}

}  // namespace
}  // namespace skerry::experiments
