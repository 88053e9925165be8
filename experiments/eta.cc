#include "experiments/eta.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace skerry::experiments {

void Eta::finish(const std::string& kind, double guess, double seconds) {
  drop(kind, guess);
  parts_[kind].guessed += guess;
  parts_[kind].took += seconds;
}

void Eta::drop(const std::string& kind, double guess) {
  double& left = parts_[kind].left;
  left = std::max(0.0, left - guess);
}

double Eta::left() const {
  double guessed = 0;
  double took = 0;
  double to_come = 0;
  for (const auto& [kind, part] : parts_) {
    guessed += part.guessed;
    took += part.took;
    to_come += part.left;
  }
  if (guessed <= 0 || guessed < (guessed + to_come) / 20) return -1;
  double seconds = 0;
  for (const auto& [kind, part] : parts_) {
    const double scale = part.guessed > 0 ? part.took / part.guessed : took / guessed;
    seconds += part.left * scale;
  }
  return seconds;
}

std::string Eta::text() const {
  const double seconds = left();
  if (seconds < 0) return "";
  const auto whole = static_cast<long>(std::ceil(seconds));
  if (whole < 60) return fmt::format("ETA {} s", whole);
  if (whole < 3600) return fmt::format("ETA {} min {} s", whole / 60, whole % 60);
  return fmt::format("ETA {} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace skerry::experiments
