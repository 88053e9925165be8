#include "experiments/statistics/matching.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/record_set.h"
#include "experiments/report/record_fields.h"
#include "experiments/statistics/value_order.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

using Words = std::vector<std::string>;

std::set<std::string, ValueOrder> values_of(const Side& side, const std::string& column) {
  std::set<std::string, ValueOrder> values;
  for (const ordered_json& record : side.records) values.insert(config_spelling(record, column));
  return values;
}

/// Those of `columns` in which the sides share no value.
std::vector<Contrast> contrasts_of(const Side& a, const Side& b, const Words& columns) {
  std::vector<Contrast> contrasts;
  for (const std::string& column : columns) {
    const auto of_a = values_of(a, column);
    const auto of_b = values_of(b, column);
    const bool shared = std::any_of(of_a.begin(), of_a.end(),
                                    [&](const auto& value) { return of_b.contains(value); });
    if (shared) continue;
    contrasts.push_back({column, fmt::format("{}", fmt::join(of_a, ", ")),
                         fmt::format("{}", fmt::join(of_b, ", "))});
  }
  return contrasts;
}

void check_contrasts(const Side& a, const Side& b, const std::vector<Contrast>& contrasts) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> shared = {{
      {"k", "recall@k is another measure for another k"},
      {"metric", "other distances have other neighbours"},
      {"seed", "graphs are paired by seed; measure both sides with the same seeds"},
  }};
  for (const Contrast& contrast : contrasts) {
    for (const auto& [column, why] : shared) {
      if (contrast.column != column) continue;
      throw Error(Code::mismatch, fmt::format("the sides share no {}: {}", column, why),
                  {.expected = fmt::format("{} ({})", contrast.a, a.label),
                   .found = fmt::format("{} ({})", contrast.b, b.label)});
    }
  }
}

/// There is one data set on both sides.
void check_datasets(const Side& a, const Side& b) {
  const auto described = [](const ordered_json& record) {
    return fmt::format("{} ({})", text_at(record, "dataset", "name"),
                       text_at(record, "dataset", "hash"));
  };
  const ordered_json& first = a.records.front();
  for (const Side* side : {&a, &b}) {
    for (const ordered_json& record : side->records) {
      if (text_at(record, "dataset", "hash") == text_at(first, "dataset", "hash")) continue;
      throw Error(Code::mismatch, "different data sets or queries cannot be compared",
                  {.path = side->label, .expected = described(first), .found = described(record)});
    }
  }
}

void check_disjoint(const Side& a, const Side& b) {
  std::error_code ignored;
  if (!std::filesystem::equivalent(a.directory, b.directory, ignored)) return;
  std::set<std::string> points;
  for (const ordered_json& record : a.records) points.insert(record.at("point"));
  for (const ordered_json& record : b.records) {
    if (!points.contains(record.at("point"))) continue;
    throw Error(Code::invalid_argument,
                fmt::format("the point {} is on both sides; select others, as in "
                            "DIR:selection=hnsw and DIR:selection=closest",
                            record.at("point").get<std::string>()));
  }
}

void check_driver(const Side& a, const std::string& driver) {
  const ordered_json& config = a.records.front().at("config");
  if (driver.empty() || config.contains(driver)) return;
  std::vector<std::string_view> known;
  for (const auto& column : config.items()) known.push_back(column.key());
  throw Error(Code::invalid_argument, "--by: " + unknown_name("column", driver, known));
}

struct WordsOrder {
  bool operator()(const Words& a, const Words& b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), ValueOrder());
  }
};

/// Points by their values in the columns of cells, then by driver and seed.
using Places = std::map<Words, std::map<Words, MatchedPoint, WordsOrder>, WordsOrder>;

[[noreturn]] void refuse_second(const Side& side, const std::vector<Contrast>& contrasts,
                                const ordered_json& first, const ordered_json& second) {
  for (const Contrast& contrast : contrasts) {
    const std::string one = config_spelling(first, contrast.column);
    const std::string other = config_spelling(second, contrast.column);
    if (one == other) continue;
    throw Error(Code::invalid_argument,
                fmt::format("{0} has several points for one of the other side: {1} is {2} or {3}; "
                            "select one, as in DIR:{1}={2}",
                            side.label, contrast.column, one, other));
  }
  throw Error(Code::corrupt, "two points have the same settings",
              {.path = side.label, .found = second.at("point").get<std::string>()});
}

void place(const Side& side, const ordered_json* MatchedPoint::*member, const Words& columns,
           const std::string& driver, const std::vector<Contrast>& contrasts, Places& places) {
  for (const ordered_json& record : side.records) {
    Words cell;
    for (const std::string& column : columns) cell.push_back(config_spelling(record, column));
    const Words key = {driver.empty() ? "" : config_spelling(record, driver),
                       config_spelling(record, "seed")};
    MatchedPoint& point = places[cell].try_emplace(key, MatchedPoint{key[0], key[1]}).first->second;
    if (point.*member != nullptr) refuse_second(side, contrasts, *(point.*member), record);
    point.*member = &record;
  }
}

}  // namespace

Matching match(const Side& a, const Side& b, const std::string& driver) {
  check_datasets(a, b);
  check_disjoint(a, b);
  check_driver(a, driver);
  std::vector<ordered_json> all = a.records;
  all.insert(all.end(), b.records.begin(), b.records.end());
  Words columns = varying_columns(all);
  std::erase(columns, driver);

  Matching matching;
  matching.contrasts = contrasts_of(a, b, columns);
  check_contrasts(a, b, matching.contrasts);
  std::erase(columns, "seed");
  for (const Contrast& contrast : matching.contrasts) std::erase(columns, contrast.column);

  Places places;
  place(a, &MatchedPoint::a, columns, driver, matching.contrasts, places);
  place(b, &MatchedPoint::b, columns, driver, matching.contrasts, places);
  for (auto& [values, points] : places) {
    Cell cell;
    for (std::size_t i = 0; i < columns.size(); ++i) cell.where.emplace_back(columns[i], values[i]);
    for (auto& [key, point] : points) cell.points.push_back(std::move(point));
    matching.cells.push_back(std::move(cell));
  }
  return matching;
}

}  // namespace skerry::experiments
