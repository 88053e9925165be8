#include "experiments/plan_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/churn_via.h"
#include "experiments/results.h"
#include "experiments/size_model.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

// About 20 distances per unit of ef_construction and item, 12 per unit of ef + M and query, 0.1 ns
// for each of 200 + d: what one core of a server of 2023 does.
constexpr double rough_build = 20 * 0.1e-9;
constexpr double rough_search = 12 * 0.1e-9;
constexpr double written_per_second = 150e6;
constexpr double fixed_components = 200;

/// Finite number at a JSON pointer, or nothing.
std::optional<double> number_at(const ordered_json& record, const char* pointer) {
  const ordered_json::json_pointer at(pointer);
  if (!record.contains(at) || !record.at(at).is_number()) return std::nullopt;
  const double number = record.at(at).get<double>();
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

/// Medians of what was measured, by label.
class Medians {
 public:
  void add(const std::string& label, double value) { values_[label].push_back(value); }

  std::optional<double> of(const std::string& label) const {
    const auto found = values_.find(label);
    if (found == values_.end()) return std::nullopt;
    std::vector<double> values = found->second;
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
  }

  /// Of the first label that has any.
  std::optional<double> first_of(std::initializer_list<std::string> labels) const {
    for (const std::string& label : labels) {
      if (const auto median = of(label)) return median;
    }
    return std::nullopt;
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

struct Known {
  Medians build;
  Medians search;
  Medians edges;  ///< per vector, by graph label
  std::size_t records = 0;
};

std::string graph_label(std::string_view M, std::string_view M0, std::string_view selection) {
  return fmt::format("M={} M0={} selection={}", M, M0, selection);
}

Known learn(const std::vector<ordered_json>& records) {
  Known known;
  for (const ordered_json& record : records) {
    const auto n = number_at(record, "/dataset/n");
    const auto d = number_at(record, "/dataset/dimension");
    const auto M = number_at(record, "/config/M");
    if (!n || !d || !M || *n < 1) continue;
    const std::string selection = config_spelling(record, "selection");
    const auto build = number_at(record, "/build/graph_seconds");
    const auto ef_construction = number_at(record, "/config/ef_construction");
    const auto threads = number_at(record, "/config/build_threads");
    if (build && ef_construction && threads && *build > 0) {
      const double each = *build * *threads / (*n * *ef_construction * (fixed_components + *d));
      known.build.add(selection, each);
      known.build.add("any", each);
    }
    const auto qps = number_at(record, "/qps/median");
    const auto ef = number_at(record, "/config/ef");
    if (qps && ef && *qps > 0) {
      const double each = 1 / (*qps * (*ef + *M) * (fixed_components + *d));
      const std::string view = config_spelling(record, "view");
      known.search.add(view + " " + config_spelling(record, "store"), each);
      known.search.add(view, each);
    }
    if (const auto edges = number_at(record, "/links/edges_per_vector")) {
      known.edges.add(
          graph_label(config_spelling(record, "M"), config_spelling(record, "M0"), selection),
          *edges);
    }
    ++known.records;
  }
  return known;
}

/// Bytes of layouts, computed once for equal ones.
class Sizes {
 public:
  Sizes(std::size_t n, std::size_t dimension, const Known& known)
      : n_(n), dimension_(dimension), known_(&known) {}

  double of(const Settings& settings) {
    const std::string store = Spec::parse(settings.word("store")).name;
    SizeInput input{.n = n_, .dimension = dimension_};
    input.M = static_cast<std::uint32_t>(settings.number("M"));
    input.M0 = static_cast<std::uint32_t>(settings.number("M0"));
    input.metric = settings.word("metric");
    input.codec = settings.word("codec");
    input.levels = settings.word("levels");
    input.layout = settings.word("layout");
    input.encoding = settings.word("encoding");
    const std::string label =
        graph_label(std::to_string(input.M), std::to_string(input.M0), settings.word("selection"));
    const auto [found, fresh] =
        sizes_.try_emplace(fmt::format("{} {} {} {} {} {} {}", label, input.metric, input.codec,
                                       input.levels, input.layout, input.encoding, store),
                           0.0);
    if (!fresh) return found->second;
    try {
      input.edges_per_vector = known_->edges.of(label);
      return found->second = estimate_sizes(input).disk_bytes(store);
    } catch (const Error&) {
      // Earlier results of other data may have more links than this data can; the default stands.
      input.edges_per_vector.reset();
      return found->second = estimate_sizes(input).disk_bytes(store);
    }
  }

 private:
  std::size_t n_;
  std::size_t dimension_;
  const Known* known_;
  std::map<std::string, double> sizes_;
};

}  // namespace

PlanCost plan_cost(const Config& config, const Plan& plan,
                   const std::vector<ordered_json>& records) {
  const Known known = learn(records);
  PlanCost cost;
  cost.earlier_records = known.records;
  const std::size_t limit = config.dataset.limit;
  const std::size_t n =
      std::max<std::size_t>(1, limit > 0 ? std::min(limit, plan.dataset.rows) : plan.dataset.rows);
  const std::size_t d = std::max<std::size_t>(1, plan.dataset.dimension);
  const double components = fixed_components + static_cast<double>(d);
  Sizes sizes(n, d, known);
  for (const GraphPlan& graph : plan.graphs) {
    const Settings& build = graph.settings();
    const auto each = known.build.first_of({build.word("selection"), "any"});
    if (!each) ++cost.rough_graphs;
    const double seconds = each.value_or(rough_build) * static_cast<double>(n) *
                           static_cast<double>(build.number("ef_construction")) * components /
                           static_cast<double>(build.number("build_threads"));
    cost.graph_seconds += seconds;
    for (const LayoutPlan& layout : graph.layouts) {
      const double bytes = sizes.of(layout.settings());
      const auto churn = ChurnVia::parse(layout.settings().word("via"));
      cost.write_seconds += churn ? seconds * churn->builds() : bytes / written_per_second;
      if (Spec::parse(layout.settings().word("store")).name != "memory") {
        cost.disk_bytes += bytes;
        cost.largest_store_bytes = std::max(cost.largest_store_bytes, bytes);
      }
      for (const Settings& point : layout.points) {
        const std::string& view = point.word("view");
        const auto measured = known.search.first_of({view + " " + point.word("store"), view});
        if (!measured) ++cost.rough_points;
        const std::int64_t ef = std::max(point.number("ef"), point.number("k"));
        const double passes = static_cast<double>(point.number("repetitions")) + 2;
        cost.search_seconds += measured.value_or(rough_search) *
                               static_cast<double>(ef + point.number("M")) * components * passes *
                               static_cast<double>(plan.dataset.queries);
      }
    }
  }
  return cost;
}

std::vector<ordered_json> earlier_records(const std::filesystem::path& directory) {
  try {
    std::vector<ordered_json> records = read_records(directory).records;
    const ordered_json here = provenance("", "", {});
    std::erase_if(records, [&](const ordered_json& record) {
      const auto found = record.find("provenance");
      return found == record.end() || found->value("cpu", "") != here.value("cpu", "");
    });
    return records;
  } catch (const Error&) {
    // A plan must not fail for results of another form, or because there are none.
    return {};
  }
}

}  // namespace skerry::experiments
