#include "experiments/churn_via.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/write_index.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Parameter, 4> churn_parameters = {{
    {"rounds", "int", "20", "rounds of deletes and inserts, 1..1000000"},
    {"share", "real", "0.05", "of the items that a round replaces, above 0, to 1"},
    {"repair", "spec", "fresh_diskann",
     "what a delete does to lists that led to the item: fresh_diskann, reconnect, drop, tombstone"},
    {"in_links", "word", "symmetric", "how a delete finds those lists: symmetric, search, reverse"},
}};

constexpr SpecKind churn_kind = {
    "churn", "rounds of updates that lead from other vectors to the data set's", churn_parameters};

void require(const Settings& settings, std::string_view column, std::string_view value) {
  if (settings.word(column) == value) return;
  throw Error(Code::unsupported, fmt::format("via = \"churn\" needs `{}` = \"{}\"", column, value),
              {.found = settings.word(column)});
}

}  // namespace

std::optional<ChurnVia> ChurnVia::parse(std::string_view via) {
  const Spec spec = Spec::parse(via);
  if (spec.name != churn_kind.name) return std::nullopt;
  const Arguments arguments(spec, churn_parameters);
  ChurnVia churn;
  churn.rounds = static_cast<std::size_t>(arguments.integer("rounds", 1, 1'000'000));
  churn.share = arguments.real("share", 0, 1);
  if (!(churn.share > 0)) {
    throw Error(Code::invalid_argument, "`share` of churn is 0; it must be above 0, to 1");
  }
  churn.repair = arguments.word("repair");
  churn.in_links = arguments.word("in_links");
  graph::IndexOptions options{.metric = "euclidean", .dimension = 1};
  options.build.repair = churn.repair;
  options.build.in_links = churn.in_links;
  static_cast<void>(graph::empty_meta(options));  // knows the names, and what does not go together
  return churn;
}

std::size_t ChurnVia::of_round(std::size_t items) const {
  const auto count = static_cast<std::size_t>(share * static_cast<double>(items));
  return std::clamp<std::size_t>(count, 1, items);
}

const std::vector<SpecKind>& via_kinds() {
  static const std::vector<SpecKind> kinds = [] {
    std::vector<SpecKind> all(graph::via_kinds().begin(), graph::via_kinds().end());
    all.push_back(churn_kind);
    return all;
  }();
  return kinds;
}

void check_via(std::string_view via) {
  std::vector<std::string_view> names;
  for (const SpecKind& kind : via_kinds()) names.push_back(kind.name);
  const std::string name = Spec::parse(via).name;
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw Error(Code::invalid_argument, unknown_name("via", name, names));
  }
  if (!ChurnVia::parse(via)) static_cast<void>(graph::Via::parse(via));
}

graph::IndexOptions churned_index(const Settings& settings, const ChurnVia& churn,
                                  std::size_t dimension) {
  require(settings, "graph", "build");
  require(settings, "insertion", "shuffled");
  graph::IndexOptions options;
  options.metric = settings.word("metric");
  options.dimension = dimension;
  options.bounds = {static_cast<std::uint32_t>(settings.number("M")),
                    static_cast<std::uint32_t>(settings.number("M0"))};
  options.build.forward_links = settings.word("forward") == "M" ? options.bounds.M : 0;
  options.build.ef_construction = static_cast<std::uint32_t>(settings.number("ef_construction"));
  options.build.selection = settings.word("selection");
  options.build.overflow = settings.word("overflow");
  options.build.levels = settings.word("levels");
  options.build.schedule = settings.word("schedule");
  options.build.repair = churn.repair;
  options.build.in_links = churn.in_links;
  options.build.connectivity = settings.word("connectivity");
  options.build.construction = settings.word("construction");
  options.codec = settings.word("codec");
  if (graph::keeps_codes(settings.word("encoding"))) options.encoding = settings.word("encoding");
  options.layout = settings.word("layout");
  options.order = settings.word("order");
  options.seed = static_cast<std::uint64_t>(settings.number("seed"));
  static_cast<void>(graph::empty_meta(options));
  return options;
}

void check_churn(const Settings& settings, const DatasetRequest& dataset, const DatasetInfo& info,
                 std::string_view place) {
  const std::optional<ChurnVia> churn = ChurnVia::parse(settings.word("via"));
  if (!churn) return;
  try {
    churned_index(settings, *churn, info.dimension);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}", place, error.what()));
  }
  DatasetRequest all = dataset;
  all.limit = 0;
  const std::size_t there = dataset_info(all).rows;
  const std::size_t of_round = churn->of_round(info.rows);
  if (there >= info.rows + of_round) return;
  throw Error(Code::invalid_argument,
              fmt::format("{}: churn holds back vectors that follow `limit` of [dataset]; {} of {} "
                          "are items, and a round needs {} more",
                          place, info.rows, there, of_round));
}

}  // namespace skerry::experiments
