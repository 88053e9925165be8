#include "experiments/cmd_dataset_hardness.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/types.h"
#include "experiments/statistics/dataset_hardness.h"
#include "experiments/table.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 5> hardness_options = {{
    {.name = "metric", .value = "NAME", .description = "default: the one that FILE declares"},
    {.name = "k", .value = "K", .default_value = "100", .description = "neighbours of each query"},
    {.name = "limit",
     .value = "N",
     .default_value = "0",
     .description = "among the first N vectors; 0: all"},
    {.name = "threads", .value = "N", .description = "default: all of the machine"},
    {.name = "json", .description = "a JSON object instead of text"},
}};

}  // namespace

const Command hardness_command = {
    .usage = "skerry dataset hardness FILE [--metric NAME] [--k K] [--json]",
    .summary =
        "Prints how hard the queries are for any method, by exact distances: local intrinsic\n"
        "dimension over the K nearest, and relative contrast, the mean distance over that of the\n"
        "nearest or the K-th. FILE may be a name or a spec, too.",
    .options = hardness_options,
    .min_positional = 1,
    .max_positional = 1,
};

namespace {

struct Measure {
  const char* name;
  const char* field;
  double QueryHardness::*member;
};

constexpr std::array<Measure, 3> measures = {{
    {"local intrinsic dimension", "lid", &QueryHardness::dimension},
    {"contrast to the nearest", "contrast", &QueryHardness::contrast},
    {"contrast to the k-th", "contrast_at_k", &QueryHardness::contrast_at_k},
}};

constexpr std::array<int, 5> percents = {5, 25, 50, 75, 95};

}  // namespace

int print_hardness(const Parsed& parsed, const Dataset& dataset, const distance::Metric& metric,
                   unsigned threads) {
  const std::uint64_t k = whole_number("k", parsed.value("k"), 1, max_slots);
  const std::vector<QueryHardness> queries = hardness_of(dataset, metric, k, threads);
  Table table(std::vector<Align>(percents.size() + 1, Align::right));
  std::vector<std::string> heading = {fmt::format("{} queries, k = {}", queries.size(), k)};
  for (const int percent : percents) heading.push_back(fmt::format("{} %", percent));
  table.add(std::move(heading));
  nlohmann::ordered_json object = {{"queries", queries.size()}, {"metric", metric.name}, {"k", k}};
  for (const Measure& measure : measures) {
    std::vector<double> values;
    for (const QueryHardness& query : queries) values.push_back(query.*measure.member);
    std::vector<std::string> cells = {measure.name};
    for (const int percent : percents) {
      const double value = percentile(values, percent / 100.0);
      cells.push_back(std::isnan(value) ? "-" : fmt::format("{:.2f}", value));
      object[measure.field][fmt::format("p{}", percent)] = value;
    }
    table.add(std::move(cells));
  }
  fmt::print("{}", parsed.has("json") ? object.dump(2) + "\n" : table.text());
  return 0;
}

}  // namespace skerry::experiments
