#include "experiments/statistics/compare_metric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

namespace {

using nlohmann::ordered_json;
using Figure = std::optional<double>;

Figure link_bytes(const ordered_json& record) {
  const Figure values = number_at(record, "links", "value_bytes");
  const Figure keys = number_at(record, "links", "key_bytes");
  const Figure vectors = number_at(record, "dataset", "n");
  if (!values || !keys || !vectors || !(*vectors > 0)) return std::nullopt;
  return (*values + *keys) / *vectors;
}

Figure resident_bytes(const ordered_json& record) {
  const auto parts = record.find("resident");
  if (parts == record.end() || !parts->is_object()) return std::nullopt;
  double sum = 0;
  for (const ordered_json& part : *parts) {
    if (part.is_number()) sum += part.get<double>();
  }
  return sum;
}

Figure disk_bytes(const ordered_json& record) {
  const auto bytes = record.find("disk_bytes");
  if (bytes == record.end() || !bytes->is_number()) return std::nullopt;
  return bytes->get<double>();
}

/// Median of the repetitions in microseconds, the slower one of two as in the records.
double latency(const QueryRow& row, double) {
  if (row.latency_ns.empty()) return 0;
  std::vector<std::uint32_t> sorted = row.latency_ns;
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() / 2] / 1000.0;
}

constexpr std::array<CompareMetric, 8> metrics = {{
    {.name = "recall",
     .description = "recall@k, strict",
     .scale = Scale::difference,
     .larger_is_better = true,
     .margin = 0.002,
     .of_record = [](const ordered_json& record) { return number_at(record, "recall", "strict"); },
     .of_row = [](const QueryRow& row, double k) { return row.hits / k; }},
    {.name = "distances",
     .description = "distances computed per query",
     .margin = 0.01,
     .of_record = [](const ordered_json& record) { return number_at(record, "work", "distances"); },
     .of_row = [](const QueryRow& row, double) { return static_cast<double>(row.distances); }},
    {.name = "gets",
     .description = "reads of the store per query",
     .margin = 0.01,
     .of_record = [](const ordered_json& record) { return number_at(record, "work", "gets"); },
     .of_row = [](const QueryRow& row, double) { return static_cast<double>(row.gets); }},
    {.name = "latency",
     .description = "microseconds per query, mean over queries of the median repetition",
     .timed = true,
     .margin = 0.03,
     .of_record = [](const ordered_json&) { return Figure(); },
     .of_row = latency},
    {.name = "qps",
     .description = "queries per second, median repetition",
     .larger_is_better = true,
     .timed = true,
     .margin = 0.03,
     .of_record = [](const ordered_json& record) { return number_at(record, "qps", "median"); },
     .of_row = nullptr},
    {.name = "link_bytes",
     .description = "bytes of keys and values of links per vector",
     .sized = true,
     .margin = 0.01,
     .of_record = link_bytes,
     .of_row = nullptr},
    {.name = "resident",
     .description = "bytes that the view keeps in memory",
     .sized = true,
     .margin = 0.01,
     .of_record = resident_bytes,
     .of_row = nullptr},
    {.name = "disk",
     .description = "bytes of the whole store",
     .sized = true,
     .margin = 0.01,
     .of_record = disk_bytes,
     .of_row = nullptr},
}};

}  // namespace

std::span<const CompareMetric> compare_metrics() { return metrics; }

const CompareMetric& compare_metric(std::string_view name) {
  std::vector<std::string_view> names;
  for (const CompareMetric& metric : metrics) {
    if (metric.name == name) return metric;
    names.push_back(metric.name);
  }
  throw Error(Code::invalid_argument, unknown_name("metric to compare", name, names));
}

std::optional<double> effect_of(const CompareMetric& metric, double a, double b) {
  if (metric.scale == Scale::difference) return b - a;
  if (!(a > 0) || !(b > 0)) return std::nullopt;
  return std::log(b / a);
}

}  // namespace skerry::experiments
