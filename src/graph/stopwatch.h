#pragma once
// Where the time of a search goes.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace skerry::graph {

/// Parts of a search. What a pointer into a store or an array leads to is read by the kernel, so
/// waiting for memory or for a page is `distance` in the views that hand out pointers.
enum class Part : std::uint8_t {
  store,     ///< finding records: get, multi_get, memo or array
  decode,    ///< from the bytes of a list to slots
  distance,  ///< the kernel
  heap,      ///< beam, visited marks, and all that is left
};

/// Sums up the time between laps by the part that each ends. Reading the clock takes a share of
/// every lap: its cost is measured when the stopwatch is made and taken off. For one thread.
class Stopwatch {
 public:
  Stopwatch() {
    constexpr int readings = 1000;
    const std::uint64_t first = now();
    std::uint64_t last = first;
    for (int i = 0; i < readings; ++i) last = now();
    cost_ = (last - first) / readings;
  }

  /// The next lap begins now.
  void start() noexcept { last_ = now(); }

  void lap(Part part) noexcept {
    const std::uint64_t at = now();
    const std::uint64_t took = at - last_;
    ticks_[static_cast<std::size_t>(part)] += took > cost_ ? took - cost_ : 0;
    last_ = at;
  }

  std::uint64_t ticks(Part part) const noexcept { return ticks_[static_cast<std::size_t>(part)]; }

  /// A clock with no unit of its own; a caller relates it to seconds by reading both twice.
  static std::uint64_t now() noexcept {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
  }

 private:
  std::array<std::uint64_t, 4> ticks_{};
  std::uint64_t last_ = 0;
  std::uint64_t cost_ = 0;
};

}  // namespace skerry::graph
