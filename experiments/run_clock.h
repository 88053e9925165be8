#pragma once
// The clock that the parts of a run are timed by.

#include <chrono>

namespace skerry::experiments {

using RunClock = std::chrono::steady_clock;

inline double seconds_since(RunClock::time_point start) {
  return std::chrono::duration<double>(RunClock::now() - start).count();
}

}  // namespace skerry::experiments
