#pragma once
// One line on stderr that rewrites itself. Nothing at all where stderr is not a terminal.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace skerry::experiments {

class ProgressLine {
 public:
  /// `quiet` keeps it silent on a terminal as well.
  explicit ProgressLine(bool quiet);

  ~ProgressLine() { clear(); }

  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows the text, at most ten times a second.
  void show(std::string_view text);

  /// Takes the line away, so that something else can be printed.
  void clear();

 private:
  bool enabled_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace skerry::experiments
