#include "experiments/statistics/side.h"

#include <array>
#include <system_error>

#include "base/error.h"
#include "experiments/report/point_filter.h"
#include "experiments/report/results_input.h"

namespace skerry::experiments {

namespace {

std::size_t end_of_directory(const std::string& text) {
  std::error_code ignored;
  if (std::filesystem::is_directory(text, ignored)) return text.size();
  for (std::size_t at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
    if (std::filesystem::is_directory(text.substr(0, at), ignored)) return at;
  }
  return std::min(text.find(':'), text.size());
}

}  // namespace

Side read_side(const std::string& text) {
  const std::size_t end = end_of_directory(text);
  const std::string directory = text.substr(0, end);
  const ResultsInput input = read_results(std::array{directory}, "");
  Side side{text, directory, records_of(input), noise_floor(input)};
  if (end == text.size()) return side;
  const PointFilter filter(text.substr(end + 1), side.records, text);
  std::erase_if(side.records, [&](const auto& record) { return !filter.selects(record); });
  if (side.records.empty()) {
    throw Error(Code::not_found, "no point has all of these values together", {.path = text});
  }
  return side;
}

}  // namespace skerry::experiments
