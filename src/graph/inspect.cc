#include "graph/inspect.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "base/random.h"
#include "graph/layout.h"
#include "graph/search.h"
#include "graph/views.h"

namespace skerry::graph {

namespace {

std::vector<std::uint64_t> histogram(const std::vector<std::uint32_t>& degrees) {
  std::vector<std::uint64_t> counts;
  for (const std::uint32_t degree : degrees) {
    if (degree >= counts.size()) counts.resize(degree + 1, 0);
    ++counts[degree];
  }
  return counts;
}

/// Nearest-rank percentiles of `values`, which it sorts.
struct Percentiles {
  std::uint32_t min = 0, p50 = 0, p99 = 0, max = 0;
};

Percentiles percentiles(std::vector<std::uint32_t>& values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(rank, 1) - 1];
  };
  return {values.front(), at(0.50), at(0.99), values.back()};
}

LevelDegrees level_degrees(const Graph& graph, unsigned level, GraphReport& report) {
  LevelDegrees degrees;
  std::vector<std::uint32_t> in(graph.size(), 0);
  std::vector<std::uint32_t> out;
  std::vector<Slot> sorted;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (level >= graph.levels_of(slot)) continue;
    const std::span<const Slot> links = graph.links(level, slot);
    ++degrees.items;
    degrees.links += links.size();
    out.push_back(static_cast<std::uint32_t>(links.size()));
    sorted.assign(links.begin(), links.end());
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      ++in[sorted[j]];
      if (sorted[j] == slot) ++report.self_links;
      if (j > 0 && sorted[j] == sorted[j - 1]) ++report.duplicate_links;
      if (level >= graph.levels_of(sorted[j])) continue;  // of a deleted item
      const std::span<const Slot> back = graph.links(level, sorted[j]);
      if (std::find(back.begin(), back.end(), slot) != back.end()) ++degrees.mutual;
    }
  }
  std::vector<std::uint32_t> in_present;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (level >= graph.levels_of(static_cast<Slot>(i))) continue;
    in_present.push_back(in[i]);
    if (in[i] == 0) ++degrees.in_degree_zero;
  }
  degrees.out_histogram = histogram(out);
  degrees.in_histogram = histogram(in_present);
  const Percentiles o = percentiles(out);
  const Percentiles n = percentiles(in_present);
  degrees.out_min = o.min, degrees.out_p50 = o.p50, degrees.out_p99 = o.p99,
  degrees.out_max = o.max;
  degrees.in_min = n.min, degrees.in_p50 = n.p50, degrees.in_p99 = n.p99, degrees.in_max = n.max;
  return degrees;
}

/// Items that no walk over levels 0..top from the entry points and the root meets.
std::size_t count_unreachable(const Graph& graph, Slot root, unsigned top) {
  std::vector<bool> met(graph.size(), false);
  std::vector<Slot> queue;
  const auto meet = [&](Slot slot) {
    if (met[slot]) return;
    met[slot] = true;
    queue.push_back(slot);
  };
  for (const Slot entry : graph.entry_points()) meet(entry);
  if (root != no_slot) meet(root);
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const Slot slot = queue[head];
    for (unsigned level = 0; level < std::min(top + 1, graph.levels_of(slot)); ++level) {
      for (const Slot target : graph.links(level, slot)) {
        if (level < graph.levels_of(target)) meet(target);
      }
    }
  }
  return graph.items() - queue.size();
}

}  // namespace

GraphReport inspect_graph(const Graph& graph, Slot root) {
  GraphReport report;
  if (graph.size() == 0) return report;
  for (unsigned level = 0; level <= graph.top_level(); ++level) {
    report.levels.push_back(level_degrees(graph, level, report));
  }
  report.unreachable_base = count_unreachable(graph, root, 0);
  report.unreachable = count_unreachable(graph, root, graph.top_level());
  return report;
}

double self_recall(const Graph& graph, const Rows& rows, std::size_t ef, std::size_t sample,
                   std::uint64_t seed, unsigned threads, Slot root) {
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (graph.levels_of(static_cast<Slot>(i)) > 0) slots.push_back(static_cast<Slot>(i));
  }
  if (slots.empty()) return 1;
  if (sample > 0 && sample < slots.size()) {
    Random random(seed);
    shuffle(slots, random);
    slots.resize(sample);
  }

  struct PerThread {
    SearchScratch scratch;
    SearchWork work;
    std::size_t found = 0;
  };

  std::vector<PerThread> workers(std::max(1U, threads));
  const distance::Kernels kernels = rows.metric().kernels();
  parallel_for(slots.size(), threads, 64, [&](std::size_t begin, std::size_t end, unsigned id) {
    PerThread& mine = workers[id];
    FrozenView view(graph, rows);
    for (std::size_t i = begin; i < end; ++i) {
      const Target target{rows[slots[i]], kernels.batch, rows.dimension()};
      search_graph(view, target, graph.entry_points(), graph.top_level(), 0, ef, mine.scratch,
                   mine.work, root);
      const Beam& beam = mine.scratch.beam;
      // Duplicates lie at the same distance; any of them in front will do if the item is there.
      for (std::size_t j = 0; j < beam.size() && beam[j].distance == beam[0].distance; ++j) {
        if (beam[j].slot == slots[i]) {
          ++mine.found;
          break;
        }
      }
    }
  });
  std::size_t found = 0;
  for (const PerThread& worker : workers) found += worker.found;
  return static_cast<double>(found) / static_cast<double>(slots.size());
}

}  // namespace skerry::graph
