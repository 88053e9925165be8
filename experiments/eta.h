#pragma once
// What is left of a run, judged by what its finished parts took.

#include <map>
#include <string>

namespace skerry::experiments {

/// Every part has a kind (a store and view, say) and a rough guess of its seconds. Of a kind that
/// has finished parts the guesses are scaled by what those took; of a kind that has none, by what
/// all finished parts took.
class Eta {
 public:
  void expect(const std::string& kind, double guess) { parts_[kind].left += guess; }

  /// A part that was expected has taken `seconds`.
  void finish(const std::string& kind, double guess, double seconds);

  /// Expected parts that will not be done.
  void drop(const std::string& kind, double guess);

  /// Seconds; negative before a twentieth of the guessed work is done.
  double left() const;

  /// "ETA 2 min 5 s", or "" while left() is negative.
  std::string text() const;

 private:
  struct Part {
    double left = 0;     ///< guesses of what is to come
    double guessed = 0;  ///< guesses of what is done
    double took = 0;
  };

  std::map<std::string, Part> parts_;
};

}  // namespace skerry::experiments
