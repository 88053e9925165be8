#include "experiments/ground_truth.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "experiments/truth_cache.h"
#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

/// Sets or unsets an environment variable and puts it back.
class Environment {
 public:
  Environment(const char* name, std::optional<std::string> value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }

  ~Environment() { set(old_); }

  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  void set(const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name_, value->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

TEST(CacheDirectory, FollowsXdgThenHome) {
  {
    const Environment xdg("XDG_CACHE_HOME", "/some/cache");
    EXPECT_EQ(cache_directory(), "/some/cache/skerry");
  }
  const Environment home("HOME", "/home/somebody");
  for (const std::optional<std::string>& useless :
       {std::optional<std::string>(), std::optional<std::string>(""),
        std::optional<std::string>("relative")}) {
    const Environment xdg("XDG_CACHE_HOME", useless);
    EXPECT_EQ(cache_directory(), "/home/somebody/.cache/skerry");
  }
  const Environment no_xdg("XDG_CACHE_HOME", std::nullopt);
  const Environment no_home("HOME", std::nullopt);
  expect_error(Code::not_found, {"XDG_CACHE_HOME"}, [] { cache_directory(); });
}

class GroundTruth : public testing::Test {
 protected:
  Dataset dataset() const { return load_dataset({.spec = "uniform(300, 8, queries=20)"}, metric_); }

  const distance::Metric& metric_ = distance::metric("euclidean");

  std::filesystem::path cache() const { return folder_.path() / "skerry" / "ground-truth"; }

  std::filesystem::path only_file() const {
    const std::filesystem::directory_iterator files(cache());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
    return std::filesystem::directory_iterator(cache())->path();
  }

 private:
  support::TempDir folder_;
  Environment xdg_{"XDG_CACHE_HOME", folder_.path().string()};
};

TEST_F(GroundTruth, IsComputedOnceAndThenReadFromTheCache) {
  Dataset first = dataset();
  const Truth computed = ensure_truth(first, metric_, 10, 2);
  EXPECT_EQ(computed.depth, 100U);
  EXPECT_EQ(computed.ids, compute_truth(first, metric_, 100, 1).ids);
  EXPECT_EQ(only_file(), truth_cache_file(first, metric_, 100));

  // A valid file with other ids shows that the second call reads it and does not compute.
  Truth other = computed;
  std::swap(other.ids[0], other.ids[1]);
  write_cached_truth(first, metric_, other);
  Dataset second = dataset();
  EXPECT_EQ(ensure_truth(second, metric_, 100, 1).ids, other.ids);
}

TEST_F(GroundTruth, OfTheFileIsUsedWhereItIsDeepEnough) {
  Dataset data = dataset();
  Truth shallow;
  shallow.depth = 5;
  shallow.ids.assign(20 * 5, 7);
  data.truth = shallow;
  EXPECT_EQ(ensure_truth(data, metric_, 5, 1).ids, shallow.ids);
  EXPECT_FALSE(std::filesystem::exists(cache()));
  EXPECT_EQ(ensure_truth(data, metric_, 6, 1).depth, 100U);
  EXPECT_EQ(data.truth->of(3).size(), 100U);
}

TEST_F(GroundTruth, IsAtMostAsDeepAsTheDataSet) {
  Dataset small = load_dataset({.spec = "uniform(7, 3, queries=2)"}, metric_);
  EXPECT_EQ(ensure_truth(small, metric_, 50, 1).depth, 7U);
  EXPECT_EQ(ensure_truth(small, metric_, 1000, 1).depth, 7U);
  Dataset large = dataset();
  EXPECT_EQ(ensure_truth(large, metric_, 150, 1).depth, 150U);
}

TEST_F(GroundTruth, EveryDamageToTheCacheIsNoticedAndRepaired) {
  Dataset data = dataset();
  const Truth truth = ensure_truth(data, metric_, 10, 1);
  const std::filesystem::path file = only_file();
  const std::string intact = support::read_file(file);
  const auto check = [&](const std::string& bytes) {
    support::write_file(file, bytes);
    EXPECT_FALSE(read_cached_truth(data, metric_, 100).has_value());
  };
  for (std::size_t at = 0; at < intact.size(); at += at < 100 ? 1 : 97) {
    std::string bytes = intact;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    check(bytes);
    check(intact.substr(0, at));
  }
  check(intact + "x");
  Dataset again = dataset();
  EXPECT_EQ(ensure_truth(again, metric_, 10, 1).ids, truth.ids);
  EXPECT_EQ(support::read_file(file), intact);
}

TEST_F(GroundTruth, OfOtherDataMetricsAndDepthsHasOtherFiles) {
  const Dataset data = dataset();
  const Dataset other = load_dataset({.spec = "uniform(300, 8, queries=20, seed=2)"}, metric_);
  EXPECT_NE(truth_cache_file(data, metric_, 100), truth_cache_file(other, metric_, 100));
  EXPECT_NE(truth_cache_file(data, metric_, 100), truth_cache_file(data, metric_, 101));
  EXPECT_NE(truth_cache_file(data, metric_, 100),
            truth_cache_file(data, distance::metric("cosine"), 100));
  // A file under a wrong name is not believed either.
  write_cached_truth(data, metric_, compute_truth(data, metric_, 100, 1));
  std::filesystem::rename(truth_cache_file(data, metric_, 100),
                          truth_cache_file(other, metric_, 100));
  EXPECT_FALSE(read_cached_truth(other, metric_, 100).has_value());
}

TEST_F(GroundTruth, ACacheThatCannotBeWrittenCostsNothingButTime) {
  support::write_file(cache().parent_path(), "a file where a folder should be");
  Dataset data = dataset();
  EXPECT_EQ(ensure_truth(data, metric_, 10, 1).depth, 100U);
}

}  // namespace
}  // namespace skerry::experiments
