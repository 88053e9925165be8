#include "experiments/plan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/error.h"
#include "tests/experiments/config_file.h"

namespace skerry::experiments {
namespace {

Plan plan(const std::string& text) {
  const ConfigFile file("[dataset]\nspec = \"uniform(n=100, d=8, queries=10)\"\n" + text);
  return make_plan(read_config(file.path(), {}));
}

std::string failure(const std::string& text) {
  try {
    plan(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Plan, OneConfigWithoutAxesIsOnePoint) {
  const Plan one = plan("[build]\nmetric = \"euclidean\"\n");
  EXPECT_EQ(one.graphs.size(), 1U);
  EXPECT_EQ(one.layouts, 1U);
  EXPECT_EQ(one.points, 1U);
  EXPECT_EQ(one.duplicates, 0U);
  EXPECT_TRUE(one.varying.empty());
}

TEST(Plan, GraphsAreBuiltOnceForAllTheirLayoutsAndPoints) {
  const Plan all = plan(
      "[build]\nmetric = \"euclidean\"\nstore = [\"memory\", \"lmdb\"]\ncodec = [\"u32\", "
      "\"delta\"]\n"
      "selection = [\"closest\", \"hnsw\"]\n[search]\nef = [16, 32, 64]\n");
  ASSERT_EQ(all.graphs.size(), 2U);
  EXPECT_EQ(all.layouts, 8U);
  EXPECT_EQ(all.points, 24U);
  for (const GraphPlan& graph : all.graphs) {
    EXPECT_EQ(graph.layouts.size(), 4U);
    for (const LayoutPlan& layout : graph.layouts) {
      EXPECT_EQ(layout.points.size(), 3U);
      for (const Settings& point : layout.points) {
        EXPECT_EQ(point.text(Stage::layout), layout.settings().text(Stage::layout));
        EXPECT_EQ(point.text(Stage::graph), graph.settings().text(Stage::graph));
      }
    }
  }
}

TEST(Plan, PointsThatBaseAndGroupsShareRunOnce) {
  const Plan all = plan(
      "[build]\nmetric = \"euclidean\"\nselection = [\"closest\", \"hnsw\"]\n[search]\nef = [16, "
      "32]\n"
      "[[group]]\n[group.build]\nselection = \"hnsw\"\ncodec = [\"u32\", \"delta\"]\n");
  EXPECT_EQ(all.graphs.size(), 2U);
  EXPECT_EQ(all.layouts, 3U);
  EXPECT_EQ(all.points, 6U);
  EXPECT_EQ(all.duplicates, 2U);
  std::set<std::string> seen;
  for (const GraphPlan& graph : all.graphs) {
    for (const LayoutPlan& layout : graph.layouts) {
      for (const Settings& point : layout.points) {
        EXPECT_TRUE(seen.insert(point.text(Stage::search)).second) << point.text(Stage::search);
      }
    }
  }
}

TEST(Plan, GroupReplacesOnlyTheKeysThatItNames) {
  const Plan all =
      plan("[build]\nmetric = \"euclidean\"\nM = [4, 8]\n[[group]]\n[group.search]\nef = 99\n");
  EXPECT_EQ(all.graphs.size(), 2U);
  EXPECT_EQ(all.points, 4U);
}

TEST(Plan, SeedsAndThreadsAreAxes) {
  EXPECT_EQ(
      plan("[build]\nmetric = \"euclidean\"\nseed = [1, 2, 3]\nthreads = [1, 2]\n").graphs.size(),
      6U);
}

TEST(Plan, M0FollowsMUnlessItIsGiven) {
  const Plan follows = plan("[build]\nmetric = \"euclidean\"\nM = [4, 8]\n");
  EXPECT_EQ(follows.graphs[0].settings().number("M0"), 8);
  EXPECT_EQ(follows.graphs[1].settings().number("M0"), 16);
  const Plan mixed = plan("[build]\nmetric = \"euclidean\"\nM = [4, 8]\nM0 = [\"2*M\", 16]\n");
  EXPECT_EQ(mixed.graphs.size(), 3U);  // M=8 meets M0=16 twice
  EXPECT_EQ(mixed.duplicates, 1U);
}

TEST(Plan, VaryingColumnsAreThoseInWhichPointsDiffer) {
  const Plan all = plan("[build]\nmetric = \"euclidean\"\nM = [4, 8]\n[search]\nef = [16, 32]\n");
  EXPECT_EQ(all.varying, (std::vector<std::size_t>{key_at("M"), key_at("M0"), key_at("ef")}));
}

TEST(Plan, M0BelowMIsRefusedWithItsPlace) {
  EXPECT_NE(
      failure("[build]\nmetric = \"euclidean\"\nM = [4, 16]\nM0 = 8\n").find("config.toml:6:1:"),
      std::string::npos)
      << failure("[build]\nmetric = \"euclidean\"\nM = [4, 16]\nM0 = 8\n");
  EXPECT_NE(failure("[build]\nmetric = \"euclidean\"\nM = 4096\n").find("M0"), std::string::npos);
}

TEST(Plan, AlphaOnAMetricThatCanBeNegativeIsRefused) {
  EXPECT_NE(
      failure("[build]\nmetric = \"inner_product\"\nselection = \"robust_prune(alpha=1.2)\"\n")
          .find("inner_product"),
      std::string::npos);
  EXPECT_EQ(failure("[build]\nmetric = \"euclidean\"\nselection = \"robust_prune(alpha=1.2)\"\n"),
            "accepted");
}

TEST(Plan, EncodingFollowsTheMetric) {
  EXPECT_EQ(plan("[build]\nmetric = \"hamming\"\n").graphs[0].settings().word("encoding"), "bits");
  EXPECT_EQ(plan("[build]\nmetric = \"cosine\"\n").graphs[0].settings().word("encoding"), "f32");
  EXPECT_NE(failure("[build]\nmetric = \"cosine\"\nencoding = \"bits\"\n").find("must be `f32`"),
            std::string::npos);
  EXPECT_NE(failure("[build]\nmetric = \"hamming\"\nencoding = \"f32\"\n").find("must be `bits`"),
            std::string::npos);
}

TEST(Plan, CodesThatTheMetricOrTheIndexCannotGiveAreRefused) {
  const auto refused = [](std::string_view build, std::string_view search) {
    return failure(fmt::format("[build]\n{}\n[search]\n{}\n", build, search));
  };
  const std::string_view cosine = "metric = \"cosine\"";
  const std::string_view manhattan = "metric = \"manhattan\"";
  EXPECT_EQ(refused(cosine, "traversal = \"i8\""), "accepted");
  EXPECT_NE(refused(manhattan, "traversal = \"i8\"").find("not for manhattan"), std::string::npos);
  EXPECT_NE(refused("metric = \"cosine\"\nlayout = \"inline\"", "").find("`encoding`"),
            std::string::npos);
  EXPECT_EQ(refused("metric = \"cosine\"\nlayout = \"inline\"\nencoding = \"i8\"", ""), "accepted");
  EXPECT_NE(refused("metric = \"manhattan\"\nencoding = \"f16\"", "").find("not for manhattan"),
            std::string::npos);
  EXPECT_NE(refused(cosine, "traversal = \"i8\"\nview = \"direct\"").find("same encoding"),
            std::string::npos);
  EXPECT_NE(
      refused("metric = \"cosine\"\nencoding = \"f16\"", "traversal = \"i8\"\nview = \"direct\"")
          .find("same encoding"),
      std::string::npos);
  EXPECT_EQ(
      refused("metric = \"cosine\"\nencoding = \"i8\"", "traversal = \"i8\"\nview = \"direct\""),
      "accepted");
}

TEST(Plan, MetricThatIsNotTheDataSetsIsRefusedNamingBoth) {
  const ConfigFile file(
      "[dataset]\npath = \"" SKERRY_SOURCE_DIR
      "/experiments/data/wordnet-verbs-384-angular.hdf5\"\n[build]\nmetric = \"euclidean\"\n");
  const Config config = read_config(file.path(), {});
  try {
    make_plan(config);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::mismatch);
    const std::string what = error.what();
    EXPECT_NE(what.find("expected: cosine, found: euclidean"), std::string::npos) << what;
  }
}

TEST(Plan, MoreThanAMillionPointsAreRefused) {
  std::string seeds = "1";
  for (int i = 2; i <= 1001; ++i) seeds += ", " + std::to_string(i);
  const std::string text =
      "[build]\nmetric = \"euclidean\"\nseed = [" + seeds + "]\n[search]\nef = [" + seeds + "]\n";
  EXPECT_NE(failure(text).find("1000000 points"), std::string::npos) << failure(text);
}

TEST(Plan, MissingDataSetIsRefused) {
  const ConfigFile file("[dataset]\npath = \"/nonexistent.hdf5\"\n[build]\nmetric = \"cosine\"\n");
  const Config config = read_config(file.path(), {});
  EXPECT_THROW(make_plan(config), Error);
}

TEST(Plan, ShippedConfigsAreWhatTheyPromise) {
  const auto shipped = [](const std::string& name) {
    const std::string root = SKERRY_SOURCE_DIR;
    Config config = read_config(root + "/experiments/configs/" + name, {});
    if (!config.dataset.path.empty()) config.dataset.path = root + "/" + config.dataset.path;
    return make_plan(config);
  };
  const Plan quickstart = shipped("quickstart.toml");
  EXPECT_EQ(quickstart.graphs.size(), 2U);
  EXPECT_EQ(quickstart.layouts, 12U);
  EXPECT_EQ(quickstart.points, 180U);
  EXPECT_EQ(shipped("overflow.toml").graphs.size(), 4U);
  EXPECT_EQ(shipped("codecs.toml").layouts, 27U);
}

}  // namespace
}  // namespace skerry::experiments
