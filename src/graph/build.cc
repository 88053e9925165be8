#include "graph/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/parallel.h"
#include "base/random.h"
#include "base/spec.h"
#include "graph/build_space.h"
#include "graph/construction_codes.h"
#include "graph/linker.h"
#include "graph/reachability.h"

namespace skerry::graph {

namespace {

void require(bool right, std::string_view name, std::uint64_t value, std::string_view range) {
  if (!right) {
    throw Error(Code::invalid_argument,
                fmt::format("{} is {}; it must lie in {}", name, value, range));
  }
}

}  // namespace

void BuildParameters::validate() const {
  require(bounds.M >= 1 && bounds.M <= 4096, "M", bounds.M, "1..4096");
  require(bounds.M0 >= bounds.M && bounds.M0 <= 4096, "M0", bounds.M0, "M..4096");
  require(forward_links >= 1 && forward_links <= bounds.M0, "forward", forward_links, "1..M0");
  require(ef_construction >= 1 && ef_construction <= 1000000, "ef_construction", ef_construction,
          "1..1000000");
  require(pair_memo <= std::size_t{1} << 30, "pair_memo", pair_memo, "0..2^30");
  check_threads(threads);
}

Connectivity connectivity(std::string_view name) {
  constexpr std::array<std::string_view, 3> words = {"none", "parent", "bfs_repair"};
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == name) return static_cast<Connectivity>(i);
  }
  throw Error(Code::invalid_argument, unknown_name("connectivity", name, words));
}

const distance::Encoding* construction(std::string_view name) {
  return name == "f32" ? nullptr : &distance::encoding(name);
}

BuildParameters bound(BuildParameters parameters, const distance::Metric& metric) {
  parameters.validate();
  if (parameters.construction != nullptr) {
    distance::check_encoding(*parameters.construction, metric, 1);
  }
  heuristics::bind(parameters.selection, {metric.name, metric.non_negative, metric.power});
  return parameters;
}

std::unique_ptr<const ConstructionCodes> construction_codes(const BuildParameters& parameters,
                                                            const Rows& rows) {
  if (parameters.construction == nullptr) return nullptr;
  return std::make_unique<const ConstructionCodes>(*parameters.construction, rows,
                                                   parameters.threads);
}

struct Builder::Impl {
  Impl(const Rows& all_rows, const BuildParameters& given, std::span<const ItemId> all_ids)
      : rows(all_rows),
        ids(all_ids),
        parameters(bound(given, all_rows.metric())),
        graph(given.bounds),
        space(graph, rows, parameters.threads, parameters.connectivity == Connectivity::parent),
        codes(construction_codes(parameters, rows)),
        linker(space, parameters, rows.metric(), rows.dimension(), 0, codes.get()) {
    if (rows.size() > max_slots) {
      throw Error(
          Code::invalid_argument,
          fmt::format("{} items are more than an index can hold ({})", rows.size(), max_slots));
    }
    graph.reserve(rows.size());
  }

  void insert_until(std::size_t end, const Progress& progress);
  void insert_in_order(std::span<const Slot> order, const Progress& progress);
  void check_order(std::span<const Slot> order) const;

  const Rows& rows;
  std::span<const ItemId> ids;
  BuildParameters parameters;
  Graph graph;
  BuildSpace space;
  std::unique_ptr<const ConstructionCodes> codes;
  Linker<BuildSpace> linker;
};

void Builder::Impl::insert_until(std::size_t end, const Progress& progress) {
  if (end > rows.size() || end < graph.size()) {
    throw Error(Code::invalid_argument, fmt::format("cannot insert up to row {}: there are {} rows "
                                                    "and {} items",
                                                    end, rows.size(), graph.size()));
  }
  std::vector<Slot> order(end - graph.size());
  std::iota(order.begin(), order.end(), static_cast<Slot>(graph.size()));
  Random random(hash64(parameters.seed, graph.size()));
  shuffle(order, random);
  insert_in_order(order, progress);
}

void Builder::Impl::check_order(std::span<const Slot> order) const {
  std::vector<bool> met(order.size(), false);
  for (const Slot slot : order) {
    const std::size_t at = slot - graph.size();  // wraps to a large number when slot is below
    if (at >= order.size() || met[at] || slot >= rows.size()) {
      throw Error(Code::invalid_argument,
                  fmt::format("row {} stands twice in the order of insertion, or is not one of the "
                              "{} rows that follow the {} items",
                              slot, order.size(), graph.size()));
    }
    met[at] = true;
  }
}

void Builder::Impl::insert_in_order(std::span<const Slot> order, const Progress& progress) {
  check_order(order);
  const std::size_t before = graph.size();
  const std::size_t count = order.size();
  std::vector<unsigned> tops(count);
  for (std::size_t rank = 0; rank < count; ++rank) {
    const Slot slot = order[rank];
    tops[slot - before] = std::visit(
        [&](const auto& law) {
          const ItemId id = ids.empty() ? ItemId{slot} : ids[slot];
          return law.level({parameters.seed, id, before + rank, parameters.bounds.M});
        },
        parameters.levels);
  }
  for (const unsigned top : tops) graph.add_item(top);
  linker.insert(order, before, progress);
  if (parameters.connectivity == Connectivity::bfs_repair) {
    Reachability(space, linker, rows.dimension(), parameters.ef_construction).repair();
  }
}

Builder::Builder(const Rows& rows, const BuildParameters& parameters, std::span<const ItemId> ids)
    : impl_(std::make_unique<Impl>(rows, parameters, ids)) {}

Builder::~Builder() = default;

void Builder::insert_until(std::size_t end, const Progress& progress) {
  impl_->insert_until(end, progress);
}

void Builder::insert_in_order(std::span<const Slot> order, const Progress& progress) {
  impl_->insert_in_order(order, progress);
}

const Graph& Builder::graph() const noexcept { return impl_->graph; }

Graph Builder::take() { return std::move(impl_->graph); }

Slot Builder::root() const noexcept { return impl_->space.root(); }

std::span<const Lineage> Builder::lineage() const noexcept { return impl_->space.lineage(); }

BuildWork Builder::work() const noexcept {
  BuildWork work;
  for (const auto& worker : impl_->linker.workers()) {
    work.search_distances += worker.search_work.distances;
    work.code_distances += worker.search_work.code_distances;
    work.selection_distances += worker.around.distances() + worker.list_distances;
    work.memo_lookups += worker.around.memo().lookups();
    work.memo_hits += worker.around.memo().hits();
  }
  return work;
}

}  // namespace skerry::graph
