#include "graph/inspect.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/parallel.h"
#include "base/random.h"
#include "graph/layout.h"
#include "graph/search.h"
#include "graph/views.h"

namespace skerry::graph {

namespace {

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
    if (graph.top_of(slot) < level) continue;
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
      const std::span<const Slot> back = graph.links(level, sorted[j]);
      if (std::find(back.begin(), back.end(), slot) != back.end()) ++degrees.mutual;
    }
  }
  std::vector<std::uint32_t> in_present;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (graph.top_of(static_cast<Slot>(i)) < level) continue;
    in_present.push_back(in[i]);
    if (in[i] == 0) ++degrees.in_degree_zero;
  }
  const Percentiles o = percentiles(out);
  const Percentiles n = percentiles(in_present);
  degrees.out_min = o.min, degrees.out_p50 = o.p50, degrees.out_p99 = o.p99,
  degrees.out_max = o.max;
  degrees.in_min = n.min, degrees.in_p50 = n.p50, degrees.in_p99 = n.p99, degrees.in_max = n.max;
  return degrees;
}

/// Items that no walk over levels 0..top from the entry points meets.
std::size_t count_unreachable(const Graph& graph, unsigned top) {
  std::vector<bool> met(graph.size(), false);
  std::vector<Slot> queue;
  const auto meet = [&](Slot slot) {
    if (met[slot]) return;
    met[slot] = true;
    queue.push_back(slot);
  };
  for (const Slot entry : graph.entry_points()) meet(entry);
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const Slot slot = queue[head];
    for (unsigned level = 0; level <= std::min(top, graph.top_of(slot)); ++level) {
      for (const Slot target : graph.links(level, slot)) meet(target);
    }
  }
  return graph.size() - queue.size();
}

/// log2 of the binomial coefficient.
double log2_choose(double n, double k) {
  if (k <= 0 || k >= n) return 0;
  return (std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) / std::log(2.0);
}

/// Bits that coding each list of one level on its own needs.
double list_bits(const std::map<std::size_t, std::size_t>& degree_counts, double items) {
  double bits = 0;
  for (const auto& [degree, count] : degree_counts) {
    const auto lists = static_cast<double>(count);
    bits += lists * log2_choose(items - 1, static_cast<double>(degree));
    bits -= lists * std::log2(lists / items);
  }
  return bits;
}

/// Bits that coding all links of one level together needs, before free numbering.
double pair_bits(double links, double mutual, double items) {
  const double both = mutual / 2;
  const double pairs = links - both;
  return log2_choose(items * (items - 1) / 2, pairs) + log2_choose(pairs, both) + (pairs - both);
}

}  // namespace

GraphReport inspect_graph(const Graph& graph) {
  GraphReport report;
  if (graph.size() == 0) return report;
  for (unsigned level = 0; level <= graph.top_level(); ++level) {
    report.levels.push_back(level_degrees(graph, level, report));
  }
  report.unreachable_base = count_unreachable(graph, 0);
  report.unreachable = count_unreachable(graph, graph.top_level());
  return report;
}

double self_recall(const Graph& graph, const Rows& rows, std::size_t ef, std::size_t sample,
                   std::uint64_t seed, unsigned threads) {
  if (graph.size() == 0) return 1;
  std::vector<Slot> slots(graph.size());
  std::iota(slots.begin(), slots.end(), Slot{0});
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
                   mine.work);
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

LinkSizes link_sizes(const Graph& graph, const LinkCodec& codec) {
  LinkSizes sizes;
  if (graph.size() == 0) return sizes;
  double list_total = 0;
  double pair_total = 0;
  GraphReport unused;
  std::vector<Slot> sorted;
  std::vector<std::byte> value;
  for (unsigned level = 0; level <= graph.top_level(); ++level) {
    std::map<std::size_t, std::size_t> degree_counts;
    std::size_t items = 0;
    for (std::size_t i = 0; i < graph.size(); ++i) {
      const auto slot = static_cast<Slot>(i);
      if (graph.top_of(slot) < level) continue;
      const std::span<const Slot> links = graph.links(level, slot);
      ++items;
      ++degree_counts[links.size()];
      sorted.assign(links.begin(), links.end());
      std::sort(sorted.begin(), sorted.end());
      value.clear();
      codec.encode(sorted, slot, value);
      sizes.edges += links.size();
      sizes.value_bytes += value.size();
    }
    sizes.records += items;
    const LevelDegrees degrees = level_degrees(graph, level, unused);
    list_total += list_bits(degree_counts, static_cast<double>(items));
    pair_total += pair_bits(static_cast<double>(degrees.links), static_cast<double>(degrees.mutual),
                            static_cast<double>(items));
  }
  sizes.key_bytes = sizes.records * sizeof(LinkKey::bytes);
  sizes.list_bound_bytes = list_total / 8;
  const double numbering = std::lgamma(static_cast<double>(graph.size()) + 1) / std::log(2.0);
  sizes.graph_bound_bytes = std::max(0.0, pair_total - numbering) / 8;
  return sizes;
}

}  // namespace skerry::graph
