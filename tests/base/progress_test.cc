#include "base/progress.h"

#include <gtest/gtest.h>

#include <string>

namespace skerry {
namespace {

TEST(Progress, AnEmptyOneIsSilentAndNeverCancelled) {
  const Progress progress;
  EXPECT_NO_THROW(progress.tell("build", 1, 2));
  EXPECT_FALSE(progress.cancelled());
}

TEST(Progress, TellsWhatItIsToldAndSeesTheFlag) {
  std::string told;
  std::atomic<bool> stop{false};
  const Progress progress{[&](std::string_view stage, std::size_t done, std::size_t total) {
                            told = std::string(stage) + ' ' + std::to_string(done) + '/' +
                                   std::to_string(total);
                          },
                          &stop};
  progress.tell("build", 3, 7);
  EXPECT_EQ(told, "build 3/7");
  EXPECT_FALSE(progress.cancelled());
  stop = true;
  EXPECT_TRUE(progress.cancelled());
}

}  // namespace
}  // namespace skerry
