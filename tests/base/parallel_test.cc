#include "base/parallel.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "base/error.h"

namespace skerry {
namespace {

TEST(ParallelFor, CoversEveryIndexOnce) {
  for (const unsigned threads : {0U, 1U, 2U, 5U}) {
    for (const std::size_t count : {0U, 1U, 7U, 64U, 1000U}) {
      for (const std::size_t grain : {1U, 3U, 64U, 5000U}) {
        std::vector<std::atomic<int>> visits(count);
        parallel_for(count, threads, grain, [&](std::size_t begin, std::size_t end, unsigned) {
          EXPECT_LT(begin, end);
          EXPECT_LE(end - begin, grain);
          for (std::size_t i = begin; i < end; ++i) ++visits[i];
        });
        for (const auto& visit : visits) EXPECT_EQ(visit.load(), 1);
      }
    }
  }
}

TEST(ParallelFor, NumbersItsWorkersBelowTheThreadCount) {
  std::atomic<unsigned> highest{0};
  parallel_for(1000, 3, 1, [&](std::size_t, std::size_t, unsigned worker) {
    unsigned seen = highest.load();
    while (worker > seen && !highest.compare_exchange_weak(seen, worker)) {
    }
  });
  EXPECT_LT(highest.load(), 3U);
}

TEST(ParallelFor, OneThreadIsTheCallersAndKeepsTheOrder) {
  std::vector<std::size_t> begins;
  const std::thread::id caller = std::this_thread::get_id();
  parallel_for(10, 1, 4, [&](std::size_t begin, std::size_t, unsigned worker) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(worker, 0U);
    begins.push_back(begin);
  });
  EXPECT_EQ(begins, (std::vector<std::size_t>{0, 4, 8}));
}

TEST(ParallelFor, RethrowsAnException) {
  for (const unsigned threads : {1U, 4U}) {
    EXPECT_THROW(parallel_for(100, threads, 1,
                              [](std::size_t begin, std::size_t, unsigned) {
                                if (begin == 10) throw std::string("ten");
                              }),
                 std::string);
  }
}

TEST(ParallelFor, HandsOutNoChunkAfterAnException) {
  std::size_t calls = 0;
  const auto body = [&](std::size_t begin, std::size_t, unsigned) {
    ++calls;
    if (begin == 10) throw std::string("ten");
  };
  EXPECT_THROW(parallel_for(1000, 1, 1, body), std::string);
  EXPECT_EQ(calls, 11U);
}

TEST(Threads, CallersMayAskForOneToAThousandAndTwentyFour) {
  for (const unsigned threads : {1U, 2U, 1024U}) EXPECT_NO_THROW(check_threads(threads));
  for (const unsigned threads : {0U, 1025U}) EXPECT_THROW(check_threads(threads), Error);
}

TEST(Threads, ThoseOfTheMachineMayBeAskedFor) { EXPECT_NO_THROW(check_threads(machine_threads())); }

}  // namespace
}  // namespace skerry
