#include "experiments/index/interruptible.h"

#include <gtest/gtest.h>

#include <csignal>

#include "base/error.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

TEST(Interruptible, WorkThatEndsGivesZero) {
  EXPECT_EQ(interruptible([](const Progress& progress) { EXPECT_FALSE(progress.cancelled()); }), 0);
}

TEST(Interruptible, TheFirstSignalAsksTheWorkToStop) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EQ(interruptible([&](const Progress& progress) {
                ::raise(signal);
                if (progress.cancelled()) throw Error(Code::cancelled, "stopped");
              }),
              128 + signal);
  }
}

TEST(Interruptible, WorkThatEndedBeforeItCouldStopIsDone) {
  EXPECT_EQ(interruptible([](const Progress&) { ::raise(SIGINT); }), 0);
}

TEST(InterruptibleDeathTest, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(interruptible([](const Progress&) {
                ::raise(SIGINT);
                ::raise(SIGINT);
              }),
              testing::KilledBySignal(SIGINT), "");
}

TEST(Interruptible, OtherErrorsPass) {
  support::expect_error(Code::io, {"disk"}, [] {
    interruptible([](const Progress&) { throw Error(Code::io, "disk"); });
  });
}

}  // namespace
}  // namespace skerry::experiments
