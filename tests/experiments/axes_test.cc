// Ranges, references, zips and excludes: from the text of a config to its points.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "experiments/plan.h"
#include "tests/experiments/config_file.h"

namespace skerry::experiments {
namespace {

constexpr const char* head = "[dataset]\nspec = \"uniform(n=100, d=8, queries=10)\"\n";
constexpr const char* build = "[build]\nmetric = \"euclidean\"\n";

Plan plan(const std::string& text, const std::vector<std::string>& settings = {}) {
  const ConfigFile file(text);
  return make_plan(read_config(file.path(), settings));
}

std::string failure(const std::string& text, const std::vector<std::string>& settings = {}) {
  const ConfigFile file(text);
  try {
    make_plan(read_config(file.path(), settings));
  } catch (const Error& error) {
    std::string what = error.what();
    const std::size_t at = what.find(file.path().string());
    if (at != std::string::npos) what.replace(at, file.path().string().size(), "FILE");
    return what;
  }
  return "accepted";
}

/// The numbers of two columns at all points, in their order.
std::vector<std::pair<std::int64_t, std::int64_t>> pairs(const Plan& plan, const char* a,
                                                         const char* b) {
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  for (const GraphPlan& graph : plan.graphs) {
    for (const LayoutPlan& layout : graph.layouts) {
      for (const Settings& point : layout.points) {
        pairs.emplace_back(point.number(a), point.number(b));
      }
    }
  }
  return pairs;
}

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

const std::string base = std::string(head) + build;

TEST(Axes, RangesMayStandAloneAndInLists) {
  EXPECT_EQ(plan(base + "seed = \"1..5\"\n").graphs.size(), 5U);
  EXPECT_EQ(plan(base + "M = [2, \"4..16*2\", 8]\n").graphs.size(), 4U);
  EXPECT_EQ(plan(base, {"search.ef=10..640*2", "build.M=4..8:4,12"}).points, 21U);
}

TEST(Axes, RangeOutsideTheKeysRangeNamesItsPlace) {
  EXPECT_EQ(failure(base + "M = \"0..3\"\n"),
            "FILE:5:5: `M` is 0; it must be a whole number in 1..4096");
  EXPECT_EQ(failure(base + "M = \"3..1\"\n").find("FILE:5:5: \"3..1\" is not a range"), 0U);
}

TEST(Axes, ReferencesBecomeTheNumbersTheyStandFor) {
  EXPECT_EQ(pairs(plan(base + "M = [4, 8]\nef_construction = \"8*M\"\n"), "M", "ef_construction"),
            (Pairs{{4, 32}, {8, 64}}));
  EXPECT_EQ(pairs(plan(base + "M = 8\nM0 = \"M\"\nef_construction = \"4*M0\"\n"), "M0",
                  "ef_construction"),
            (Pairs{{8, 32}}));
  EXPECT_EQ(pairs(plan(base + "[search]\nk = 7\nef = \"2*k\"\n"), "k", "ef"), (Pairs{{7, 14}}));
  EXPECT_EQ(pairs(plan(base + "M = 6\n[search]\nef = \"M\"\n"), "M", "ef"), (Pairs{{6, 6}}));
}

TEST(Axes, ReferencesThatCannotBeFollowedAreRefused) {
  EXPECT_EQ(failure(base + "M = \"M0\"\nM0 = \"2*M\"\n"),
            "FILE:5:1: references in a circle: `M` -> `M0` -> `M`");
  EXPECT_EQ(failure(base + "M = \"2*M\"\n"), "FILE:5:1: references in a circle: `M` -> `M`");
  EXPECT_EQ(failure(base + "M0 = \"2*N\"\n").find("FILE:5:6: unknown number key `N`"), 0U);
  EXPECT_EQ(failure(base + "ef_construction = \"2*seeed\"\n")
                .find("FILE:5:19: unknown number key `seeed`; did you mean `seed`?"),
            0U);
  EXPECT_NE(failure(base + "M = 3000\n").find("`M0` is 6000; it must be a whole number in 1..4096"),
            std::string::npos);
  EXPECT_NE(failure(base + "seed = 9223372036854775807\n[search]\nef = \"2*seed\"\n")
                .find("FILE:7:1: `ef` = \"2*seed\" is larger than any number"),
            std::string::npos);
}

TEST(Axes, ZippedListsAdvanceTogether) {
  const std::string zipped = "zip = [[\"build.M\", \"ef\"]]\n" + base;
  EXPECT_EQ(pairs(plan(zipped + "M = [4, 8, 4]\n[search]\nef = [10, 20, 20]\n"), "M", "ef"),
            (Pairs{{4, 10}, {4, 20}, {8, 20}}));
  EXPECT_EQ(plan(zipped + "M = [4, 8]\nseed = [1, 2, 3]\n[search]\nef = [10, 20]\n").points, 6U);
}

TEST(Axes, ZipsOfDifferentLengthsNameBothKeys) {
  EXPECT_EQ(failure("zip = [[\"M\", \"ef\"]]\n" + base + "M = [4, 8]\n[search]\nef = \"1..3\"\n"),
            "FILE:8:1: `ef` has 3 values and `M`, which is zipped with it, has 2; they must be "
            "equally many");
}

TEST(Axes, ZipsThatMeanNothingAreRefusedWithTheirPlace) {
  EXPECT_EQ(failure("zip = [[\"M\"]]\n" + base).find("FILE:1:8: a zip needs at least two keys"),
            0U);
  EXPECT_EQ(failure("zip = [\"M\", \"ef\"]\n" + base).find("FILE:1:8: `zip` is a list of lists"),
            0U);
  EXPECT_EQ(failure("zip = \"M\"\n" + base).find("FILE:1:1: `zip` is a list of lists"), 0U);
  EXPECT_EQ(failure("zip = [[\"M\", 3]]\n" + base).find("FILE:1:14: `zip` holds a whole number"),
            0U);
  EXPECT_EQ(failure("zip = [[\"M\", \"fe\"]]\n" + base)
                .find("FILE:1:14: unknown column `fe`; did you mean `ef`?"),
            0U);
  EXPECT_EQ(failure("zip = [[\"M\", \"ef\"], [\"k\", \"ef\"]]\n" + base)
                .find("FILE:1:27: `ef` is zipped twice"),
            0U);
}

TEST(Axes, GroupKeepsTheBasesZipUnlessItReplacesOneOfItsKeys) {
  const std::string zipped =
      "zip = [[\"M\", \"ef\"]]\n" + base + "M = [4, 8]\n[search]\nef = [10, 20]\n";
  EXPECT_EQ(plan(zipped + "[[group]]\n[group.build]\nseed = 2\n").points, 4U);
  EXPECT_EQ(plan(zipped + "[[group]]\n[group.build]\nseed = 2\nM = [5, 6]\n").points, 2U + 4U);
  EXPECT_EQ(plan(zipped + "[[group]]\nzip = [[\"seed\", \"k\"]]\n[group.build]\nseed = "
                          "[2, 3]\n[group.search]\nk = [1, 2]\n")
                .points,
            2U + 2U * 2U);
}

TEST(Axes, ExcludeDropsThePointsThatHaveAllOfItsValues) {
  const std::string two = base + "M = [4, 8]\nseed = [1, 2, 3]\n";
  const Plan some = plan(two + "[[exclude]]\nM = 4\nseed = [1, 3]\n");
  EXPECT_EQ(pairs(some, "M", "seed"), (Pairs{{4, 2}, {8, 1}, {8, 2}, {8, 3}}));
  EXPECT_EQ(some.excluded, 2U);
  EXPECT_EQ(plan(two + "[[exclude]]\nM0 = 8\n[[exclude]]\nseed = \"2..3\"\n").points, 1U);
}

TEST(Axes, ExcludeMayDropWhatCouldNotRun) {
  const std::string text = base + "M = [4, 16]\nM0 = [8, 32]\n";
  EXPECT_NE(failure(text), "accepted");
  EXPECT_EQ(plan(text + "[[exclude]]\nM = 16\nM0 = 8\n").points, 3U);
}

TEST(Axes, ExcludeThatDropsNothingIsRefusedUnlessASettingNarrowedTheAxes) {
  const std::string text = base + "M = [4, 8]\n[[exclude]]\nM = 8\nselection = \"closest\"\n";
  EXPECT_EQ(failure(text).find("FILE:6:1: this [[exclude]] drops nothing"), 0U) << failure(text);
  EXPECT_EQ(failure(text, {"search.ef=10"}), "accepted");
}

TEST(Axes, ExcludesThatMeanNothingAreRefused) {
  EXPECT_NE(failure(base + "[[exclude]]\n").find("[[exclude]] is empty"), std::string::npos);
  EXPECT_NE(failure(base + "[[exclude]]\nstroe = \"lmdb\"\n").find("did you mean `store`?"),
            std::string::npos);
  EXPECT_NE(failure(base + "[[exclude]]\nM = \"2*seed\"\n").find("takes numbers and ranges"),
            std::string::npos);
  EXPECT_NE(failure(base + "[[exclude]]\nM = 16\n").find("every point is excluded"),
            std::string::npos);
  EXPECT_NE(failure(base + "[exclude]\nM = 16\n").find("write `[[exclude]]`"), std::string::npos);
}

}  // namespace
}  // namespace skerry::experiments
