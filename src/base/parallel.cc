#include "base/parallel.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/error.h"

namespace skerry {

namespace {

constexpr unsigned most_threads = 1024;

}  // namespace

void check_threads(unsigned threads) {
  if (threads >= 1 && threads <= most_threads) return;
  throw Error(Code::invalid_argument,
              fmt::format("threads is {}; it must lie in 1..{}", threads, most_threads));
}

unsigned machine_threads() noexcept {
  return std::clamp(std::thread::hardware_concurrency(), 1U, most_threads);
}

}  // namespace skerry
