#include "experiments/failures.h"

#include <fstream>

#include "experiments/results.h"
#include "experiments/run_files.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

Failures::Failures(const std::filesystem::path& directory)
    : path_(directory / "failures.jsonl"), objects_(read_json_lines(path_)) {}

std::set<std::string> Failures::points() const {
  std::set<std::string> points;
  for (const ordered_json& object : objects_) points.insert(object.value("point", ""));
  return points;
}

void Failures::forget(const std::set<std::string>& points) {
  const std::size_t before = objects_.size();
  std::erase_if(objects_, [&](const ordered_json& object) {
    return points.contains(object.value("point", ""));
  });
  if (objects_.size() != before) replace_json_lines(path_, objects_);
}

void Failures::add(const std::string& point, const Settings& settings, std::string_view stage,
                   std::string_view why, const ChildEnd& end, const std::string& log) {
  forget({point});
  objects_.push_back({{"schema", results_schema},
                      {"point", point},
                      {"time", utc_now()},
                      {"stage", stage},
                      {"why", why},
                      {"signal", end.signal},
                      {"peak_rss_bytes", end.peak_rss_bytes},
                      {"log", log},
                      {"config", flat_config(settings)}});
  append_json_line(path_, objects_.back());
}

std::string tail_of(const std::filesystem::path& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.size() <= most) return text;
  const std::size_t line = text.find('\n', text.size() - most);
  return line == std::string::npos ? text.substr(text.size() - most) : text.substr(line + 1);
}

}  // namespace skerry::experiments
