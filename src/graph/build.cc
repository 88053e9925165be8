#include "graph/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/parallel.h"
#include "base/random.h"
#include "graph/search.h"
#include "graph/surroundings.h"
#include "graph/views.h"

namespace skerry::graph {

namespace {

void require(bool right, std::string_view name, std::uint64_t value, std::string_view range) {
  if (!right) {
    throw Error(Code::invalid_argument,
                fmt::format("{} is {}; it must lie in {}", name, value, range));
  }
}

/// A reverse link on its way into `target`'s list.
struct Incoming {
  Slot target;
  std::uint32_t level;
  std::uint32_t order;  ///< of the source in the batch: its rank
  Slot source;
  float distance;

  friend bool operator<(const Incoming& a, const Incoming& b) noexcept {
    return std::tie(a.level, a.target, a.order) < std::tie(b.level, b.target, b.order);
  }
};

/// One thread's memory.
struct Worker {
  Worker(const Graph& graph, const Rows& rows, distance::Kernels kernels)
      : around(graph, rows, kernels) {}

  Surroundings around;
  SearchScratch scratch;
  SearchWork search_work;
  std::vector<Neighbor> pool;
  std::vector<Neighbor> selected;
  std::vector<Neighbor> links;
  std::vector<Neighbor> arrivals;
  std::vector<Slot> slots;
  std::vector<Incoming> incoming;
  std::uint64_t list_distances = 0;
};

void slots_of(std::span<const Neighbor> neighbors, std::vector<Slot>& slots) {
  slots.clear();
  for (const Neighbor& neighbor : neighbors) slots.push_back(neighbor.slot);
}

}  // namespace

void BuildParameters::validate() const {
  require(bounds.M >= 1 && bounds.M <= 4096, "M", bounds.M, "1..4096");
  require(bounds.M0 >= bounds.M && bounds.M0 <= 4096, "M0", bounds.M0, "M..4096");
  require(forward_links >= 1 && forward_links <= bounds.M0, "forward", forward_links, "1..M0");
  require(ef_construction >= 1 && ef_construction <= 1000000, "ef_construction", ef_construction,
          "1..1000000");
  require(threads >= 1 && threads <= 1024, "threads", threads, "1..1024");
}

struct Builder::Impl {
  Impl(const Rows& all_rows, const BuildParameters& given)
      : rows(all_rows),
        parameters(given),
        kernels(all_rows.metric().kernels()),
        graph(given.bounds) {
    parameters.validate();
    if (rows.size() > max_slots) {
      throw Error(
          Code::invalid_argument,
          fmt::format("{} items are more than an index can hold ({})", rows.size(), max_slots));
    }
    heuristics::bind(parameters.selection,
                     {rows.metric().name, rows.metric().non_negative, rows.metric().power});
    graph.reserve(rows.size());
    for (unsigned i = 0; i < parameters.threads; ++i) workers.emplace_back(graph, rows, kernels);
  }

  void insert_until(std::size_t end, const Progress& progress);
  void insert_in_order(std::span<const Slot> order, const Progress& progress);
  void check_order(std::span<const Slot> order) const;

  /// The items of one batch: searches, forward links, then reverse links.
  template <class Selection, class Overflow>
  void insert_batch(const Selection& selection, const Overflow& overflow,
                    std::span<const Slot> batch);

  template <class Selection>
  void link_item(const Selection& selection, Slot item, std::uint32_t order, Worker& worker);

  template <class Selection, class Overflow>
  void link_target(const Selection& selection, const Overflow& overflow,
                   std::span<const Incoming> arrivals, Worker& worker);

  const Rows& rows;
  BuildParameters parameters;
  distance::Kernels kernels;
  Graph graph;
  std::vector<Worker> workers;
  std::vector<Incoming> incoming;
  std::vector<std::size_t> group_starts;
  unsigned top_level = 0;  // of the items inserted so far; graph.top_level() knows those to come
};

template <class Selection>
void Builder::Impl::link_item(const Selection& selection, Slot item, std::uint32_t order,
                              Worker& worker) {
  const unsigned item_top = graph.top_of(item);
  const Target target{rows[item], kernels.batch, rows.dimension()};
  FrozenView view(graph, rows);
  SearchScratch& scratch = worker.scratch;
  const unsigned first = std::min(item_top, top_level);

  // In-memory rows and lists are always there, so no search below can fail.
  search_graph(view, target, graph.entry_points(), top_level, first, parameters.ef_construction,
               scratch, worker.search_work);
  for (unsigned level = first;; --level) {
    worker.pool.clear();
    for (std::size_t i = 0; i < scratch.beam.size(); ++i) worker.pool.push_back(scratch.beam[i]);
    worker.around.aim(item, level);
    const std::size_t cap = level == 0 ? parameters.forward_links : graph.bounds().M;
    selection.select(worker.pool, cap, true, worker.around, worker.selected);
    slots_of(worker.selected, worker.slots);
    graph.set_links(level, item, worker.slots);
    for (const Neighbor& chosen : worker.selected) {
      worker.incoming.push_back({chosen.slot, level, order, item, chosen.distance});
    }
    if (level == 0) break;
    search_level(view, target, worker.pool, parameters.ef_construction, level - 1, scratch,
                 worker.search_work);
  }
}

template <class Selection, class Overflow>
void Builder::Impl::link_target(const Selection& selection, const Overflow& overflow,
                                std::span<const Incoming> arrivals, Worker& worker) {
  const Slot target = arrivals.front().target;
  const unsigned level = arrivals.front().level;
  const std::span<const Slot> present = graph.links(level, target);
  const std::size_t cap = graph.bounds().at(level);

  if (present.size() + arrivals.size() <= cap) {
    worker.slots.assign(present.begin(), present.end());
    for (const Incoming& arrival : arrivals) worker.slots.push_back(arrival.source);
    graph.set_links(level, target, worker.slots);
    return;
  }
  // Lists keep no distances (they would double a build's memory), so a full one is measured anew.
  SearchScratch& scratch = worker.scratch;
  scratch.rows.resize(std::max(scratch.rows.size(), present.size()));
  scratch.distances.resize(std::max(scratch.distances.size(), present.size()));
  for (std::size_t i = 0; i < present.size(); ++i) scratch.rows[i] = rows[present[i]];
  kernels.batch(rows[target], scratch.rows.data(), present.size(), rows.dimension(),
                scratch.distances.data());
  worker.list_distances += present.size();
  worker.links.clear();
  for (std::size_t i = 0; i < present.size(); ++i) {
    worker.links.push_back({scratch.distances[i], present[i]});
  }
  worker.arrivals.clear();
  for (const Incoming& arrival : arrivals) {
    worker.arrivals.push_back({arrival.distance, arrival.source});
  }
  worker.around.aim(target, level);
  const auto select = [&](std::span<const Neighbor> pool, std::vector<Neighbor>& selected) {
    selection.select(pool, cap, false, worker.around, selected);
  };
  overflow.merge(worker.links, worker.arrivals, cap, select);
  slots_of(worker.links, worker.slots);
  graph.set_links(level, target, worker.slots);
}

template <class Selection, class Overflow>
void Builder::Impl::insert_batch(const Selection& selection, const Overflow& overflow,
                                 std::span<const Slot> batch) {
  const unsigned threads = parameters.threads;
  for (Worker& worker : workers) worker.incoming.clear();
  // Nothing links to an item of the batch yet, so its own lists can be written while others search.
  parallel_for(batch.size(), threads, 4, [&](std::size_t begin, std::size_t end, unsigned id) {
    for (std::size_t i = begin; i < end; ++i) {
      link_item(selection, batch[i], static_cast<std::uint32_t>(i), workers[id]);
    }
  });

  incoming.clear();
  for (const Worker& worker : workers) {
    incoming.insert(incoming.end(), worker.incoming.begin(), worker.incoming.end());
  }
  std::sort(incoming.begin(), incoming.end());
  group_starts.clear();
  for (std::size_t i = 0; i < incoming.size(); ++i) {
    if (i == 0 || incoming[i].target != incoming[i - 1].target ||
        incoming[i].level != incoming[i - 1].level) {
      group_starts.push_back(i);
    }
  }
  const std::size_t groups = group_starts.size();
  group_starts.push_back(incoming.size());
  const std::span<const Incoming> all = incoming;
  parallel_for(groups, threads, 16, [&](std::size_t begin, std::size_t end, unsigned id) {
    for (std::size_t g = begin; g < end; ++g) {
      link_target(selection, overflow,
                  all.subspan(group_starts[g], group_starts[g + 1] - group_starts[g]), workers[id]);
    }
  });
}

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
  const std::size_t end = before + count;
  std::vector<unsigned> tops(count);
  for (std::size_t rank = 0; rank < count; ++rank) {
    const Slot slot = order[rank];
    tops[slot - before] = std::visit(
        [&](const auto& law) {
          return law.level({parameters.seed, slot, before + rank, parameters.bounds.M});
        },
        parameters.levels);
  }
  for (const unsigned top : tops) graph.add_item(top);

  std::size_t done = 0;
  std::size_t told = 0;
  while (done < count) {
    if (progress.cancelled()) throw Error(Code::cancelled, "the build was cancelled");
    std::size_t size = std::visit([&](const auto& schedule) { return schedule.batch(done, end); },
                                  parameters.schedule);
    size = std::clamp<std::size_t>(size, 1, count - done);
    // An item that raises the top level comes alone: two in one batch would not see each other on
    // the new level.
    const auto rises = [&](Slot slot) { return graph.top_of(slot) > top_level; };
    const std::span<const Slot> rest = order.subspan(done);
    if (graph.entry_points().empty() || rises(rest[0])) {
      size = 1;
    } else {
      const auto riser = std::find_if(rest.begin(), rest.begin() + size, rises);
      size = static_cast<std::size_t>(riser - rest.begin());
    }
    const std::span<const Slot> batch = rest.first(size);
    if (!graph.entry_points().empty()) {
      std::visit([&](const auto& selection,
                     const auto& overflow) { insert_batch(selection, overflow, batch); },
                 parameters.selection, parameters.overflow);
    }
    if (graph.entry_points().empty() || rises(batch[0])) {
      graph.set_entry_points({batch[0]});
      top_level = graph.top_of(batch[0]);
    }
    done += size;
    if (done == count || (done - told) * 200 >= count) {
      progress.tell("build", done, count);
      told = done;
    }
  }
}

Builder::Builder(const Rows& rows, const BuildParameters& parameters)
    : impl_(std::make_unique<Impl>(rows, parameters)) {}

Builder::~Builder() = default;

void Builder::insert_until(std::size_t end, const Progress& progress) {
  impl_->insert_until(end, progress);
}

void Builder::insert_in_order(std::span<const Slot> order, const Progress& progress) {
  impl_->insert_in_order(order, progress);
}

const Graph& Builder::graph() const noexcept { return impl_->graph; }

Graph Builder::take() { return std::move(impl_->graph); }

BuildWork Builder::work() const noexcept {
  BuildWork work;
  for (const Worker& worker : impl_->workers) {
    work.search_distances += worker.search_work.distances;
    work.selection_distances += worker.around.distances() + worker.list_distances;
  }
  return work;
}

}  // namespace skerry::graph
