#pragma once
// How long work without the interpreter's lock hears of Ctrl-C and of a caller's report function.

#include <pybind11/pybind11.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string_view>

#include "base/progress.h"

namespace skerry::python {

/// For one call, and for the thread that makes it.
class Interruptions {
 public:
  /// `report(stage, done, total)` is called from reports of progress; None: nobody is.
  explicit Interruptions(pybind11::object report = pybind11::none()) : report_(std::move(report)) {}

  /// Stops the work at its next safe point once Python has raised something.
  Progress progress();

  /// Throws once Python has raised something. Asks it every 50 ms, so that asking costs nothing.
  void poll();

  /// Runs `work` without the interpreter's lock. What Python raised meanwhile wins over what the
  /// work throws.
  void run(const std::function<void()>& work);

 private:
  void listen(std::string_view stage, std::size_t done, std::size_t total);

  pybind11::object report_;
  std::atomic<bool> raised_{false};  // the error is the thread's current Python error
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now();
};

}  // namespace skerry::python
