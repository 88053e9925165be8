#include "experiments/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "experiments/churn_via.h"
#include "experiments/table.h"
#include "graph/codes.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t max_columns = 8;

/// The ef values of a block: all of them, or some spread evenly from the first to the last.
std::vector<std::int64_t> shown_efs(const GraphResult& graph) {
  std::set<std::int64_t> all;
  for (const PointResult& point : graph.points) all.insert(point.settings.number("ef"));
  const std::vector<std::int64_t> sorted(all.begin(), all.end());
  if (sorted.size() <= max_columns) return sorted;
  std::vector<std::int64_t> some;
  for (std::size_t i = 0; i < max_columns; ++i) {
    some.push_back(sorted[i * (sorted.size() - 1) / (max_columns - 1)]);
  }
  return some;
}

bool churned(const PointResult& point) {
  return ChurnVia::parse(point.settings.word("via")).has_value();
}

bool by_codes(const Settings& settings) { return graph::keeps_codes(settings.word("traversal")); }

/// What a search of a graph finds and costs depends on these keys alone (ties go by slot, and so
/// depend on the order; churn makes another graph).
std::string search_of(const Settings& settings) {
  std::string text = fmt::format("k={} ef={}", settings.number("k"), settings.number("ef"));
  for (const char* column : {"traversal", "order"}) {
    if (keys()[key_at(column)].default_value != settings.word(column)) {
      text += fmt::format(" {}={}", column, settings.word(column));
    }
  }
  if (ChurnVia::parse(settings.word("via"))) text += fmt::format(" via={}", settings.word("via"));
  if (by_codes(settings)) text += fmt::format(" oversample={}", settings.number("oversample"));
  return text;
}

/// The columns that tell rows of a block apart.
std::vector<std::size_t> row_keys(const GraphResult& graph, const Plan& plan) {
  std::vector<std::size_t> columns = {key_at("store")};
  const Settings& first = graph.points.front().settings;
  for (const std::size_t key : plan.varying) {
    if (key == key_at("ef") || key == key_at("store")) continue;
    const bool varies =
        std::any_of(graph.points.begin(), graph.points.end(),
                    [&](const PointResult& point) { return point.settings[key] != first[key]; });
    if (varies) columns.push_back(key);
  }
  return columns;
}

std::string heading(const GraphResult& graph, const Plan& plan) {
  std::string text = "graph";
  for (const std::size_t key : plan.varying) {
    if (keys()[key].stage != Stage::graph) continue;
    text += fmt::format(" {}={}", keys()[key].column, spelling(graph.settings[key]));
  }
  if (graph.digest.empty()) return text + ": not built\n";
  text += fmt::format(": digest {}, built in {:.2f} s", graph.digest.substr(0, 8), graph.seconds);
  if (graph.points.empty()) return text + ", no results\n";
  return text + fmt::format(", {} links ({:.2f} per vector)\n", grouped(graph.edges),
                            graph.edges_per_vector);
}

std::string rate(double qps) {
  if (qps >= 100) return grouped(static_cast<std::uint64_t>(qps + 0.5));
  return fmt::format("{:.1f}", qps);
}

/// Points that differ in ef only.
struct Row {
  std::vector<std::size_t> order;  ///< per column, the value's place by first appearance
  const PointResult* first;
  std::map<std::int64_t, const PointResult*> by_ef;
};

/// Sorted by column, values in the order in which the config brought them up.
std::vector<Row> rows_of(const GraphResult& graph, const std::vector<std::size_t>& columns) {
  std::vector<std::vector<Value>> met(columns.size());
  std::map<std::vector<std::size_t>, Row> rows;
  for (const PointResult& point : graph.points) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Value& value = point.settings[columns[i]];
      const auto place = std::find(met[i].begin(), met[i].end(), value);
      order.push_back(static_cast<std::size_t>(place - met[i].begin()));
      if (place == met[i].end()) met[i].push_back(value);
    }
    Row& row = rows.try_emplace(order, Row{order, &point, {}}).first->second;
    row.by_ef[point.settings.number("ef")] = &point;
  }
  std::vector<Row> sorted;
  for (auto& [order, row] : rows) sorted.push_back(std::move(row));
  return sorted;
}

/// Recall and distances by ef, once for each k and way of walking by codes: they are the graph's,
/// whatever it lies in. What churn made of it has its own.
void add_quality(Table& table, const GraphResult& graph, const std::vector<std::int64_t>& efs,
                 std::size_t lead) {
  using ByEf = std::map<std::int64_t, const PointResult*>;
  std::map<std::pair<std::int64_t, std::string>, ByEf> searches;
  for (const PointResult& point : graph.points) {
    if (churned(point)) continue;
    const Settings& settings = point.settings;
    std::string codes;
    if (by_codes(settings)) {
      codes = fmt::format(" {} x{}", settings.word("traversal"), settings.number("oversample"));
    }
    searches[{settings.number("k"), codes}].try_emplace(settings.number("ef"), &point);
  }
  for (const auto& [search, by_ef] : searches) {
    const auto& [k, codes] = search;
    std::vector<std::string> recall(lead);
    std::vector<std::string> distances(lead);
    recall[0] = fmt::format("recall@{}{}", k, codes);
    distances[0] = "distances" + codes;
    for (const std::int64_t ef : efs) {
      const auto point = by_ef.find(ef);
      const bool known = point != by_ef.end();
      recall.push_back(known ? fmt::format("{:.4f}", point->second->recall) : "");
      distances.push_back(known ? fmt::format("{:.1f}", point->second->distances) : "");
    }
    table.add(std::move(recall));
    table.add(std::move(distances));
  }
}

std::string block(const GraphResult& graph, const Plan& plan) {
  if (graph.points.empty()) return heading(graph, plan);
  const std::vector<std::size_t> columns = row_keys(graph, plan);
  const std::vector<std::int64_t> efs = shown_efs(graph);
  const std::size_t lead = columns.size() + 3;  // then link bytes, disk, layout time
  std::vector<Align> aligned(lead + efs.size(), Align::right);
  std::fill_n(aligned.begin(), columns.size(), Align::left);

  Table table(aligned);
  std::vector<std::string> header(lead);
  for (const std::int64_t ef : efs) header.push_back(fmt::format("ef={}", ef));
  table.add(std::move(header));
  add_quality(table, graph, efs, lead);
  std::vector<std::string> names;
  for (const std::size_t key : columns) names.emplace_back(keys()[key].column);
  for (const char* name : {"link B/vector", "disk MiB", "layout s"}) names.emplace_back(name);
  for (std::size_t i = 0; i < efs.size(); ++i) names.emplace_back("q/s");
  table.add(std::move(names));
  std::string above;
  for (const Row& row : rows_of(graph, columns)) {
    // What belongs to the layout stands once for all its searches.
    const std::string layout = row.first->settings.text(Stage::layout);
    const bool repeats = layout == above;
    above = layout;
    std::vector<std::string> cells;
    for (const std::size_t key : columns) {
      const bool blank = repeats && keys()[key].stage == Stage::layout;
      cells.push_back(blank ? "" : spelling(row.first->settings[key]));
    }
    if (repeats) {
      cells.resize(lead);
    } else {
      cells.push_back(fmt::format("{:.1f}", row.first->link_bytes_per_vector));
      cells.push_back(fmt::format("{:.1f}", static_cast<double>(row.first->disk_bytes) / 1048576));
      cells.push_back(fmt::format("{:.2f}", row.first->layout_seconds));
    }
    std::vector<std::string> recall(lead);
    recall[0] = fmt::format("  recall@{}", row.first->settings.number("k"));
    for (const std::int64_t ef : efs) {
      const auto point = row.by_ef.find(ef);
      const bool known = point != row.by_ef.end();
      cells.push_back(known ? rate(point->second->qps) : "-");
      recall.push_back(known ? fmt::format("{:.4f}", point->second->recall) : "-");
    }
    table.add(std::move(cells));
    if (churned(*row.first)) table.add(std::move(recall));
  }
  return heading(graph, plan) + table.text();
}

}  // namespace

std::string summary_text(const RunOutcome& outcome, const Plan& plan) {
  std::string text = outcome.dataset;
  const std::size_t metric = key_at("metric");
  if (std::find(plan.varying.begin(), plan.varying.end(), metric) == plan.varying.end()) {
    text += ", " + spelling(plan.graphs.front().settings()[metric]);
  }
  text += "\n";
  for (const GraphResult& graph : outcome.graphs) text += "\n" + block(graph, plan);
  return text;
}

std::vector<std::string> disagreements(const RunOutcome& outcome) {
  std::vector<std::string> lines;
  for (const GraphResult& graph : outcome.graphs) {
    std::map<std::string, const PointResult*> seen;
    std::set<std::string> told;
    for (const PointResult& point : graph.points) {
      const std::string search = search_of(point.settings);
      const PointResult& other = *seen.try_emplace(search, &point).first->second;
      if (other.recall == point.recall && other.distances == point.distances) continue;
      if (!told.insert(search).second) continue;
      lines.push_back(
          fmt::format("graph {}, {}: {} {} {} gives recall {} with {} distances, {} {} {} gives {} "
                      "with "
                      "{}; they must be equal",
                      graph.digest.substr(0, 8), search, other.settings.word("store"),
                      other.settings.word("codec"), other.settings.word("view"), other.recall,
                      other.distances, point.settings.word("store"), point.settings.word("codec"),
                      point.settings.word("view"), point.recall, point.distances));
    }
  }
  return lines;
}

}  // namespace skerry::experiments
