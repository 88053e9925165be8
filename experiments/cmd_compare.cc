#include "experiments/cmd_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "experiments/command_line.h"
#include "experiments/statistics/comparison.h"
#include "experiments/statistics/comparison_output.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 8> options = {{
    {.name = "at",
     .value = "recall=R[,R]...",
     .description = "reads curves at these recalls; default: compares points with equal settings"},
    {.name = "by",
     .value = "COLUMN",
     .default_value = "ef",
     .description = "with --at: the column whose values are the points of a curve"},
    {.name = "metric",
     .value = "NAME[,NAME]...",
     .description = "only these; default: recall and costs, or with --at costs and sizes"},
    {.name = "margin",
     .value = "NAME=X[,NAME=X]...",
     .description = "differences up to X do not matter (of recall; of others 0.03 is 3 %)"},
    {.name = "resamples",
     .value = "N",
     .default_value = "10000",
     .description = "of the bootstrap and of the randomisation test"},
    {.name = "seed", .value = "N", .default_value = "1", .description = "of the resamples"},
    {.name = "fail-on", .value = "worse", .description = "exit code 4 when any row says worse"},
    {.name = "json", .description = "one JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry compare A B [--at recall=R[,R]...] [options]",
    .summary =
        "Compares results: the same queries, the same seeds, equal settings or equal recall. A and "
        "B\nare results directories, or DIR:COLUMN=VALUE, with several terms joined by `&`.",
    .options = options,
    .min_positional = 2,
    .max_positional = 2,
    .epilogue =
        "Metrics and margins: recall 0.002; distances, gets, link_bytes, resident, disk 1 %;\n"
        "latency, qps 3 %.\n\n"
        "  skerry compare results/x:selection=hnsw results/x:selection=closest --at recall=0.95\n",
};

/// The parts of all values of an option, split at commas.
std::vector<std::string> words_of(const Parsed& parsed, std::string_view option) {
  std::vector<std::string> words;
  for (const std::string& text : parsed.all(option)) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      words.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  return words;
}

double number(std::string_view option, std::string_view text, double low, double high,
              std::string_view range) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size() ||
      !(value > low && value < high)) {
    throw Error(Code::invalid_argument,
                fmt::format("--{}: `{}` is no number {}", option, text, range));
  }
  return value;
}

std::vector<double> recalls_of(const Parsed& parsed) {
  constexpr std::string_view name = "recall=";
  std::vector<double> recalls;
  for (std::string_view word : words_of(parsed, "at")) {
    if (word.substr(0, name.size()) == name) {
      word.remove_prefix(name.size());
    } else if (recalls.empty()) {
      throw Error(Code::invalid_argument,
                  fmt::format("--at: `{}` is not known; write recall=0.95", word));
    }
    recalls.push_back(number("at", word, 0, 1, "between 0 and 1"));
  }
  return recalls;
}

CompareOptions options_of(const Parsed& parsed) {
  CompareOptions compare;
  compare.recalls = recalls_of(parsed);
  for (const std::string& name : words_of(parsed, "metric")) {
    compare.metrics.push_back(&compare_metric(name));
    if (compare.recalls.empty() || compare.metrics.back()->scale == Scale::ratio) continue;
    throw Error(Code::invalid_argument,
                fmt::format("--metric {}: recall is equal with --at; compare others", name));
  }
  for (const std::string& word : words_of(parsed, "margin")) {
    const std::size_t equals = std::min(word.find('='), word.size());
    const CompareMetric& metric = compare_metric(word.substr(0, equals));
    const std::string value = equals < word.size() ? word.substr(equals + 1) : "";
    compare.margins[std::string(metric.name)] = number("margin", value, 0, 10, "between 0 and 10");
  }
  if (parsed.has("by") && compare.recalls.empty()) {
    throw Error(Code::invalid_argument, "--by is for curves; give --at recall=R, too");
  }
  compare.driver = parsed.value("by");
  compare.resampling = {
      .count = whole_number("resamples", parsed.value("resamples"), 100, 10'000'000),
      .seed = whole_number("seed", parsed.value("seed"), 0, UINT64_MAX),
      .threads = machine_threads()};
  return compare;
}

}  // namespace

int compare_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  if (parsed.has("fail-on") && parsed.value("fail-on") != "worse") {
    throw Error(Code::invalid_argument,
                fmt::format("--fail-on: `{}` is not known; worse is", parsed.value("fail-on")));
  }
  const CompareOptions compare_options = options_of(parsed);
  const Side a = read_side(parsed.positional[0]);
  const Side b = read_side(parsed.positional[1]);
  const Comparison comparison = compare(a, b, compare_options);
  fmt::print("{}", parsed.has("json") ? json_of(a, b, comparison).dump(2) + "\n"
                                      : text_of(a, b, comparison));
  const bool worse = std::any_of(comparison.rows.begin(), comparison.rows.end(),
                                 [](const auto& row) { return row.verdict == Verdict::worse; });
  return parsed.has("fail-on") && worse ? exit_worse : 0;
}

}  // namespace skerry::experiments
