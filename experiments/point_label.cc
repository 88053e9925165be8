#include "experiments/point_label.h"

#include <fmt/format.h>

#include <cctype>

namespace skerry::experiments {

std::string label(const Settings& settings, const Plan& plan, Stage last) {
  std::string text;
  for (const std::size_t key : plan.varying) {
    if (keys()[key].stage > last) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", keys()[key].column,
                        spelling(settings[key]));
  }
  return text.empty() ? "(the only one)" : text;
}

std::string label_points(const LayoutPlan& layout, const std::vector<std::size_t>& places,
                         const Plan& plan) {
  const Settings& settings = places.empty() ? layout.settings() : layout.points[places.front()];
  if (places.size() == 1) return fmt::format("point {}", label(settings, plan, Stage::search));
  return fmt::format("{} points of {}", places.size(), label(settings, plan, Stage::layout));
}

std::string folder_label(const Settings& settings) {
  std::string name = settings.word("store") + "-" + settings.word("codec");
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-') c = '_';
  }
  return name;
}

}  // namespace skerry::experiments
