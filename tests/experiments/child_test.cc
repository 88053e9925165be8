#include "experiments/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

struct Outcome {
  ChildEnd end;
  std::vector<std::string> messages;
};

Outcome run(const std::function<void(const Messages&)>& work) {
  const InterruptGuard guard;
  Outcome outcome;
  outcome.end = run_child(
      guard, work, [&](std::string_view message) { outcome.messages.emplace_back(message); });
  return outcome;
}

TEST(Child, MessagesArriveInOrderAndWhole) {
  const std::string large(300'000, 'x');  // more than a pipe holds
  const Outcome outcome = run([&](const Messages& messages) {
    for (int i = 0; i < 1000; ++i) messages.send(std::to_string(i));
    messages.send(large);
  });
  EXPECT_TRUE(outcome.end.ok());
  ASSERT_EQ(outcome.messages.size(), 1001U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(outcome.messages[i], std::to_string(i));
  EXPECT_EQ(outcome.messages.back(), large);
}

TEST(Child, ErrorsKeepTheirCodeAndText) {
  const Outcome outcome = run([](const Messages& messages) {
    messages.send("before");
    throw Error(Code::corrupt, "two\nlines");
  });
  EXPECT_EQ(outcome.messages, std::vector<std::string>{"before"});
  EXPECT_EQ(outcome.end.failure, "two lines");
  EXPECT_EQ(outcome.end.code, Code::corrupt);
}

TEST(Child, LackOfMemoryIsSaidInWords) {
  EXPECT_EQ(run([](const Messages&) { throw std::bad_alloc(); }).end.failure, "out of memory");
}

TEST(Child, DeathByASignalNamesIt) {
  const Outcome outcome = run([](const Messages& messages) {
    messages.send("alive");
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
  });
  EXPECT_EQ(outcome.messages, std::vector<std::string>{"alive"});
  EXPECT_EQ(outcome.end.failure, "killed by signal 11 (Segmentation fault)");
}

TEST(Child, ExitByALibraryIsAFailure) {
  EXPECT_EQ(run([](const Messages&) { ::_exit(7); }).end.failure, "ended with status 7");
}

TEST(Child, PeakMemoryIsTheChildsOwn) {
  const Outcome outcome = run([](const Messages&) {
    std::vector<char> block(std::size_t{64} << 20, 1);
    const volatile char* byte = block.data();
    static_cast<void>(*byte);
  });
  EXPECT_GT(outcome.end.peak_rss_bytes, std::uint64_t{64} << 20);
  EXPECT_LT(run([](const Messages&) {}).end.peak_rss_bytes, std::uint64_t{64} << 20);
}

TEST(Child, InterruptKillsItAndIsRemembered) {
  const pid_t parent = ::getpid();
  const InterruptGuard guard;
  bool returned = true;
  const ChildEnd end = run_child(
      guard,
      [&](const Messages& messages) {
        messages.send("started");
        ::kill(parent, SIGINT);
        ::pause();
      },
      [&](std::string_view) { returned = false; });
  EXPECT_FALSE(returned);
  EXPECT_FALSE(end.ok());
  EXPECT_EQ(interrupted(), SIGINT);
}

TEST(Child, WhatTheReceiverThrowsPassesAndLeavesNoChild) {
  const InterruptGuard guard;
  EXPECT_THROW(run_child(
                   guard,
                   [](const Messages& messages) {
                     messages.send("x");
                     ::pause();
                   },
                   [](std::string_view) { throw Error(Code::no_space, "full"); }),
               Error);
}

TEST(Child, OneThatFallsSilentIsEndedAndSaidToHaveTimedOut) {
  const InterruptGuard guard;
  int messages = 0;
  const ChildEnd end = run_child(
      guard,
      [](const Messages& parent) {
        parent.send("one");
        ::pause();
      },
      [&](std::string_view) { ++messages; }, {.silence_seconds = 0.2});
  EXPECT_EQ(messages, 1);
  EXPECT_NE(end.failure.find("timed out"), std::string::npos) << end.failure;
}

TEST(Child, AfterAnInterruptItEndsWhenAllThatIsWantedHasArrived) {
  const InterruptGuard guard;
  std::vector<std::string> messages;
  run_child(
      guard,
      [](const Messages& parent) {
        for (int i = 0; i < 1000000; ++i) parent.send(std::to_string(i));
      },
      [&](std::string_view message) {
        messages.emplace_back(message);
        if (messages.size() == 3) ::raise(SIGINT);
      },
      {.may_stop = [&] { return messages.size() >= 10; }});
  EXPECT_GE(messages.size(), 10U);
  EXPECT_LT(messages.size(), 1000000U);
}

TEST(Child, ItsLastWordsGoToTheLog) {
  const InterruptGuard guard;
  const support::TempDir folder;
  run_child(
      guard, [](const Messages&) { ::dprintf(2, "last words"); }, [](std::string_view) {},
      {.log = folder.path() / "log"});
  std::ifstream file(folder.path() / "log");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "last words");
}

}  // namespace
}  // namespace skerry::experiments
