#include "experiments/cmd_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/report/folder.h"
#include "experiments/report/page.h"
#include "experiments/report/page_data.h"
#include "experiments/report/results_input.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 4> options = {{
    {.name = "output",
     .letter = "o",
     .value = "FILE",
     .description = "where the page goes; default: report.html in the first DIR"},
    {.name = "title", .value = "TEXT", .description = "default: the experiments' names"},
    {.name = "targets",
     .value = "RECALL[,RECALL]...",
     .default_value = "0.9,0.95,0.99",
     .description = "recalls at which curves are compared"},
    {.name = "only",
     .value = "EXPR",
     .description = "shows some points only: COLUMN=VALUE, joined by `&`"},
}};

constexpr Command command = {
    .usage = "skerry report DIR... [-o FILE] [--title TEXT] [--targets LIST] [--only EXPR]",
    .summary =
        "Draws the results of one or more directories as one HTML page that needs no network.",
    .options = options,
    .min_positional = 1,
    .max_positional = std::numeric_limits<std::size_t>::max(),
};

std::vector<double> parse_targets(std::string_view text) {
  std::vector<double> targets;
  while (true) {
    const std::string_view word = text.substr(0, text.find(','));
    double target = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), target);
    if (failure != std::errc() || end != word.data() + word.size() || !(target > 0 && target < 1)) {
      throw Error(Code::invalid_argument,
                  fmt::format("--targets: `{}` is no recall; numbers between 0 and 1, such as "
                              "0.9,0.95, are",
                              word));
    }
    targets.push_back(target);
    if (word.size() == text.size()) return targets;
    text.remove_prefix(word.size() + 1);
  }
}

/// The experiments' names, each once.
std::string default_title(const ResultsInput& input) {
  std::vector<std::string> names;
  for (const MeasuredPoint& point : input.points) {
    const nlohmann::ordered_json name = point.record.value("experiment", nlohmann::ordered_json());
    if (!name.is_string()) continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names.empty() ? "skerry" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

int report_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::vector<double> targets = parse_targets(parsed.value("targets"));
  const ResultsInput input = read_results(parsed.positional, parsed.value("only"));
  const std::string title = parsed.has("title") ? parsed.value("title") : default_title(input);
  const std::filesystem::path path =
      parsed.has("output") ? std::filesystem::path(parsed.value("output"))
                           : std::filesystem::path(parsed.positional.front()) / "report.html";
  write_text(path, report_page(title, page_data(input, targets)));
  fmt::print("{}: {} points\n", path.string(), input.points.size());
  return 0;
}

}  // namespace skerry::experiments
