#include "experiments/formats/worker_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>

#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace skerry::experiments {
namespace {

TEST(WorkerProcess, AnswersWhatItIsAsked) {
  const WorkerProcess worker([](const Channel& channel) {
    int number = 0;
    while (channel.receive_value(number)) {
      if (!channel.send_value(number + 1)) return;
    }
  });
  for (int i = 0; i < 1000; ++i) {
    int answer = 0;
    ASSERT_TRUE(worker.channel().send_value(i));
    ASSERT_TRUE(worker.channel().receive_value(answer));
    EXPECT_EQ(answer, i + 1);
  }
}

TEST(WorkerProcess, PassesMoreThanASocketHolds) {
  std::vector<std::byte> sent(std::size_t{20} << 20);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::byte>(i % 251);
  const WorkerProcess worker([&](const Channel& channel) { (void)channel.send(sent); });
  std::vector<std::byte> received(sent.size());
  ASSERT_TRUE(worker.channel().receive(received.data(), received.size()));
  EXPECT_EQ(received, sent);
}

/// Whether the parent sees the end, and nothing else, of a worker that fails.
void expect_end(const std::function<void(const Channel&)>& body) {
  const WorkerProcess worker(body);
  int answer = 0;
  EXPECT_FALSE(worker.channel().receive_value(answer));
}

TEST(WorkerProcess, CrashesLoopsAndExceptionsEndOnlyTheWorker) {
  expect_end([](const Channel&) { ::raise(SIGSEGV); });
  expect_end([](const Channel&) { std::abort(); });
  expect_end([](const Channel&) { throw std::runtime_error("no"); });
  expect_end([](const Channel&) {
    allow_seconds(0);
    for (volatile bool forever = true; forever;) {
    }
  });
}

TEST(WorkerProcess, MemoryAboveTheLimitIsRefusedAndTheLimitCanBeLifted) {
  const WorkerProcess worker([](const Channel& channel) {
    const auto allocates = [] {
      void* const piece = ::mmap(nullptr, std::size_t{512} << 20, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (piece == MAP_FAILED) return false;
      ::munmap(piece, std::size_t{512} << 20);
      return true;
    };
    allow_memory(std::size_t{64} << 20);
    const bool limited = allocates();
    allow_memory(0);
    (void)channel.send_value(std::pair(limited, allocates()));
  });
  std::pair<bool, bool> allocated{true, false};
  ASSERT_TRUE(worker.channel().receive_value(allocated));
  EXPECT_FALSE(allocated.first);
  EXPECT_TRUE(allocated.second);
}

TEST(WorkerProcess, AskingOneThatHasEndedFailsWithoutASignal) {
  const WorkerProcess worker([](const Channel&) {});
  int answer = 0;
  EXPECT_FALSE(worker.channel().receive_value(answer));
  EXPECT_FALSE(worker.channel().send_value(answer));
}

}  // namespace
}  // namespace skerry::experiments
