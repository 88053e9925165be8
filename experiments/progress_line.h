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

/// What is left of a run, judged by what its finished parts took: the average of each kind.
class Estimate {
 public:
  Estimate(std::size_t graphs, std::size_t layouts) : graphs_{graphs}, layouts_{layouts} {}

  void finished_graph(double seconds) { graphs_.finish(seconds); }

  void finished_layout(double seconds) { layouts_.finish(seconds); }

  /// "ETA 2 min 5 s", or "" before a part of each kind that is still to come has finished.
  std::string text() const;

 private:
  struct Part {
    std::size_t left;
    std::size_t done = 0;
    double seconds = 0;

    void finish(double took) {
      seconds += took;
      ++done;
      if (left > 0) --left;
    }
  };

  Part graphs_;
  Part layouts_;
};

}  // namespace skerry::experiments
