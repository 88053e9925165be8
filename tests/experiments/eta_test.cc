#include "experiments/eta.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace skerry::experiments {
namespace {

TEST(Eta, SaysNothingBeforeATwentiethIsDone) {
  Eta eta;
  eta.expect("a", 100);
  EXPECT_LT(eta.left(), 0);
  EXPECT_EQ(eta.text(), "");
  eta.finish("a", 1, 3);
  EXPECT_LT(eta.left(), 0);
  eta.finish("a", 9, 27);
  EXPECT_NEAR(eta.left(), 270, 1e-9);
  EXPECT_EQ(eta.text(), "ETA 4 min 30 s");
}

TEST(Eta, AKindWithoutFinishedPartsIsScaledByAllThatFinished) {
  Eta eta;
  eta.expect("a", 10);
  eta.expect("b", 10);
  eta.finish("a", 5, 20);
  EXPECT_NEAR(eta.left(), 4 * 5 + 4 * 10, 1e-9);
  eta.drop("b", 10);
  EXPECT_NEAR(eta.left(), 4 * 5, 1e-9);
}

// Cells whose sizes differ by a hundred, whose guesses are off by a constant that differs by kind
// and by chance of a quarter: after a tenth of the work the rest is known within 30 %.
TEST(Eta, IsHonestAfterTheFirstTenth) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const std::vector<std::string> kinds = {"graph", "search lmdb", "search memory"};
    const std::vector<double> scale = {3, 0.5, 7};

    struct Cell {
      std::size_t kind;
      double guess, seconds;
    };

    std::vector<Cell> cells;
    double all = 0;
    Eta eta;
    for (int i = 0; i < 600; ++i) {
      const std::size_t kind = random.below(3);
      const double guess = 0.1 + 10 * random.unit() * random.unit();
      const double seconds = guess * scale[kind] * (0.75 + 0.5 * random.unit());
      cells.push_back({kind, guess, seconds});
      eta.expect(kinds[kind], guess);
      all += seconds;
    }
    double done = 0;
    for (const Cell& cell : cells) {
      done += cell.seconds;
      eta.finish(kinds[cell.kind], cell.guess, cell.seconds);
      if (done < all / 10 || done > 0.95 * all) continue;
      EXPECT_NEAR(eta.left() / (all - done), 1, 0.3) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace skerry::experiments
