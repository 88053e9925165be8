// A sweep that is killed (SIGKILL) again and again, wherever it is.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "base/random.h"
#include "tests/experiments/config_file.h"
#include "tests/experiments/result_files.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::size_t count_lines(const fs::path& path) {
  std::ifstream file(path);
  return static_cast<std::size_t>(
      std::count(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>(), '\n'));
}

/// The program at work on a sweep, to be killed or waited for.
class Sweep {
 public:
  Sweep(const fs::path& config, const fs::path& directory) : directory_(directory) {
    pid_ = ::fork();
    if (pid_ != 0) return;
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execl(SKERRY_PROGRAM, SKERRY_PROGRAM, "run", config.c_str(), "-o", directory.c_str(),
            "--no-cache", "--save-neighbours", static_cast<char*>(nullptr));
    ::_exit(127);
  }

  ~Sweep() {
    if (pid_ > 0) kill();
  }

  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  /// Whole lines of results.jsonl.
  std::size_t points() const { return count_lines(directory_ / "results.jsonl"); }

  bool running() {
    if (pid_ > 0 && ::waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = -1;
    return pid_ > 0;
  }

  /// Whether it was still at work. Returns when its last child is gone, too: the lock is theirs.
  bool kill() {
    if (!running()) return false;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status_, 0);
    pid_ = -1;
    const int file = ::open((directory_ / "results.jsonl").c_str(), O_RDONLY);
    if (file >= 0) {
      ::flock(file, LOCK_EX);
      ::close(file);
    }
    return WIFSIGNALED(status_);
  }

  int exit_code() {
    if (pid_ > 0) ::waitpid(pid_, &status_, 0);
    pid_ = -1;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }

 private:
  fs::path directory_;
  pid_t pid_ = -1;
  int status_ = 0;
};

/// 60 points of 2 graphs on all stores, and one more whose graph cannot be read.
std::string sixty_and_a_failure(const fs::path& no_graph) {
  std::ofstream(no_graph) << "no graph";
  return "[dataset]\nspec = \"uniform(n=1500, d=16, queries=50)\"\n[build]\nmetric = "
         "\"euclidean\"\ngraph = \"" +
         no_graph.string() +
         "\"\n[search]\nrepetitions = 10\n[[group]]\n[group.build]\ngraph = \"build\"\nM = [4, 8]\n"
         "store = [\"memory\", \"lmdb\", \"rocksdb\"]\n[group.search]\nef = \"10..50:10\"\n"
         "view = [\"direct\", \"memo\"]\n";
}

TEST(Kill, TwentyKillsAllOverASweepLoseRepeatAndChangeNothing) {
  const support::TempDir folder;
  const ConfigFile config(sixty_and_a_failure(folder.path() / "no.csr"));
  const fs::path whole = folder.path() / "whole";
  const fs::path cut = folder.path() / "cut";

  // How long the first point takes to come is how long the children before it take.
  const Clock::time_point start = Clock::now();
  Clock::duration to_first{};
  {
    Sweep sweep(config.path(), whole);
    while (sweep.running() && sweep.points() == 0) {
    }
    to_first = Clock::now() - start;
    ASSERT_EQ(sweep.exit_code(), 3) << "one point must fail";
  }
  ASSERT_EQ(essence(whole).size(), 60U);
  ASSERT_EQ(failure_essence(whole).size(), 1U);

  // Kills by turns fall after so many more points, up to the last ones, or anywhere in the
  // children before the next point: data set, graph, store.
  Random random(1);
  std::size_t seen = 0;
  std::size_t without_a_point = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    const bool by_points = i % 2 == 1;
    const std::size_t points = by_points ? 5 * (i / 2) + 1 + random.below(5) : 0;
    const auto delay = to_first * random.below(1000) / (by_points ? 10'000 : 1000);
    Sweep sweep(config.path(), cut);
    while (sweep.running() && sweep.points() < points) {
    }
    const Clock::time_point reached = Clock::now();
    while (Clock::now() - reached < delay) {
    }
    EXPECT_TRUE(sweep.kill()) << "the sweep ended before kill " << i;
    const std::size_t now = count_lines(cut / "results.jsonl");
    EXPECT_GE(now, std::max(seen, points)) << "a recorded point was lost";
    without_a_point += now == seen ? 1 : 0;
    seen = now;
  }
  EXPECT_GE(without_a_point, 5U) << "too few kills fell into builds";
  EXPECT_GE(seen, 46U) << "the kills did not reach the end of the sweep";

  ASSERT_EQ(Sweep(config.path(), cut).exit_code(), 3);
  EXPECT_EQ(essence(cut), essence(whole));
  EXPECT_EQ(failure_essence(cut), failure_essence(whole));
  EXPECT_EQ(file_essence(cut), file_essence(whole));
  EXPECT_EQ(file_essence(cut).size(), 60U * 3);
  EXPECT_FALSE(fs::exists(cut / "work"));
}

}  // namespace
}  // namespace skerry::experiments
