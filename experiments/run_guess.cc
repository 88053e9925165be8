#include "experiments/run_guess.h"

#include <fmt/format.h>

#include <optional>

#include "experiments/churn_via.h"

namespace skerry::experiments {

namespace {

constexpr double fixed_components = 200;  // what a distance costs besides its components
constexpr double per_build_unit = 20 * 0.1e-9;
constexpr double per_search_unit = 12 * 0.1e-9;
constexpr double per_scanned_unit = 0.1e-9;
constexpr double per_written_item = 20e-6;
constexpr double extra_passes = 2;  // one that counts, one that splits the time

double real(std::size_t number) { return static_cast<double>(number); }

double real(std::int64_t number) { return static_cast<double>(number); }

}  // namespace

double guess_graph(const Settings& settings, const DataShape& data) {
  return per_build_unit * real(data.n) * real(settings.number("ef_construction")) *
         (fixed_components + real(data.dimension)) / real(settings.number("build_threads"));
}

double guess_layout(const Settings& settings, const DataShape& data) {
  if (const std::optional<ChurnVia> churn = ChurnVia::parse(settings.word("via"))) {
    return guess_graph(settings, data) * churn->builds();
  }
  return per_written_item * real(data.n);
}

double guess_point(const Settings& settings, const DataShape& data) {
  const double components = fixed_components + real(data.dimension);
  const double query = settings.word("traversal") == "scan"
                           ? per_scanned_unit * real(data.n) * components
                           : per_search_unit * components *
                                 (real(settings.number("ef")) + real(settings.number("M")));
  return query * real(data.queries) * (real(settings.number("repetitions")) + extra_passes);
}

std::string layout_kind(const Settings& settings) {
  const bool churned = ChurnVia::parse(settings.word("via")).has_value();
  return (churned ? "churn " : "layout ") + settings.word("store");
}

std::string search_kind(const Settings& settings) {
  return fmt::format("search {} {} {}", settings.word("store"), settings.word("view"),
                     settings.word("cache"));
}

}  // namespace skerry::experiments
