#pragma once
// How long work tells its caller where it is, and how the caller stops it.

#include <atomic>
#include <cstddef>
#include <functional>
#include <string_view>

namespace skerry {

/// Passed to long calls. Both members may be empty. `report` is called from the calling thread
/// only, at most a few hundred times in all; done <= total. Setting `*cancel` makes the call throw
/// Error{cancelled} at the next safe point, with nothing of its work visible.
struct Progress {
  std::function<void(std::string_view stage, std::size_t done, std::size_t total)> report;
  const std::atomic<bool>* cancel = nullptr;

  void tell(std::string_view stage, std::size_t done, std::size_t total) const {
    if (report) report(stage, done, total);
  }

  bool cancelled() const noexcept { return cancel && cancel->load(std::memory_order_relaxed); }
};

}  // namespace skerry
