#include "base/parallel.h"

#include <fmt/format.h>

#include "base/error.h"

namespace skerry {

void check_threads(unsigned threads) {
  constexpr unsigned most = 1024;
  if (threads >= 1 && threads <= most) return;
  throw Error(Code::invalid_argument,
              fmt::format("threads is {}; it must lie in 1..{}", threads, most));
}

}  // namespace skerry
