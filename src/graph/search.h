#pragma once
// The beam search: one loop for build and query, for every view and metric.
// Source: HNSW (Malkov & Yashunin, TPAMI 2020), Algorithms 2 (search_level) and 5 (search_graph).

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "distance/metric.h"
#include "graph/beam.h"
#include "graph/stopwatch.h"
#include "graph/visited_set.h"

namespace skerry::graph {

/// The record of one item: a vector, its code, or the links of a level.
struct RecordPlace {
  bool is_vector = false;
  unsigned level = 0;
  Slot slot = 0;
  bool is_code = false;  ///< the vector's code
};

/// Where a search finds nodes. One view object serves one thread.
///
/// links(level, slot, out): the out-links of `slot`, valid until the view's next call. not_found
/// when the record is missing, corrupt when it contradicts the format; `out` holds only slots below
/// size().
/// rows(slots, out): out[i] points to the row of slots[i], or is null when the record is missing;
/// valid until the next call of links() or rows().
/// prefetch(slot): a hint that links(0, slot) comes soon.
/// failure(): the record that the last call which returned a failure could not use.
///
/// A view may have distances(slots, out) as well: true when it has compared the query that it was
/// told of (graph/code_walk.h) with all of them by itself, to the bit as the kernel does.
template <class V>
concept GraphView = requires(V& view, unsigned level, Slot slot, std::span<const Slot>& links,
                             std::span<const Slot> slots, const std::byte** rows) {
  { view.size() } -> std::convertible_to<std::size_t>;
  { view.links(level, slot, links) } -> std::same_as<Code>;
  { view.rows(slots, rows) } -> std::same_as<Code>;
  { view.prefetch(slot) } -> std::same_as<void>;
  { view.failure() } -> std::same_as<RecordPlace>;
};

/// What a search cost. Sums over all searches that were given the same object.
struct SearchWork {
  std::uint64_t distances = 0;       ///< exact distances between the query and a stored vector
  std::uint64_t hops = 0;            ///< expanded nodes, all levels
  std::uint64_t dangling = 0;        ///< links whose target has no record: skipped
  std::uint64_t code_distances = 0;  ///< distances between the query and a code

  /// Comparisons of both kinds.
  std::uint64_t compared() const noexcept { return distances + code_distances; }

  SearchWork& operator+=(const SearchWork& other) noexcept {
    distances += other.distances;
    hops += other.hops;
    dangling += other.dangling;
    code_distances += other.code_distances;
    return *this;
  }
};

/// The query as kernels read it.
struct Target {
  const std::byte* row;  ///< encoded by the metric, or as an encoding codes queries
  distance::BatchKernel kernel;
  std::size_t dimension;
  bool codes = false;  ///< the view's rows are codes
};

/// Reusable memory of one thread; no allocation after warm-up.
struct SearchScratch {
  Beam beam;
  VisitedSet visited;
  std::vector<Slot> fresh;
  std::vector<const std::byte*> rows;
  std::vector<float> distances;
  std::vector<Neighbor> entries;
  Stopwatch* stopwatch = nullptr;  ///< asked once or twice a hop when set

  /// Leaves in `fresh` those of `slots` that were not visited, and marks them.
  void take_unseen(std::span<const Slot> slots) {
    // Which ones were visited follows no pattern: a branch would be guessed wrong time and again.
    fresh.resize(slots.size());
    std::size_t count = 0;
    for (const Slot slot : slots) {
      fresh[count] = slot;
      count += visited.insert(slot) ? 1 : 0;
    }
    fresh.resize(count);
  }

  void lap(Part part) noexcept {
    if (stopwatch != nullptr) stopwatch->lap(part);
  }
};

/// Distances from the target to `slots` into scratch.distances; a missing row gets +infinity and
/// counts as dangling.
template <GraphView View>
Code score(View& view, const Target& target, std::span<const Slot> slots, SearchScratch& scratch,
           SearchWork& work) {
  const std::size_t count = slots.size();
  if (scratch.rows.size() < count) {
    scratch.rows.resize(count);
    scratch.distances.resize(count);
  }
  scratch.lap(Part::heap);
  std::uint64_t& counter = target.codes ? work.code_distances : work.distances;
  if constexpr (requires { view.distances(slots, scratch.distances.data()); }) {
    if (view.distances(slots, scratch.distances.data())) {
      scratch.lap(Part::distance);
      counter += count;
      return Code::ok;
    }
  }
  if (const Code code = view.rows(slots, scratch.rows.data()); code != Code::ok) return code;
  scratch.lap(Part::store);
  bool missing = false;
  for (std::size_t i = 0; i < count; ++i) missing |= scratch.rows[i] == nullptr;
  if (!missing) {
    target.kernel(target.row, scratch.rows.data(), count, target.dimension,
                  scratch.distances.data());
    scratch.lap(Part::distance);
    counter += count;
    return Code::ok;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (scratch.rows[i] == nullptr) {
      scratch.distances[i] = std::numeric_limits<float>::infinity();
      ++work.dangling;
    } else {
      target.kernel(target.row, &scratch.rows[i], 1, target.dimension, &scratch.distances[i]);
      ++counter;
    }
  }
  scratch.lap(Part::distance);
  return Code::ok;
}

/// Fills scratch.beam with the `ef` nearest items of `level` that a walk from `entries` reaches
/// (Alg. 2). `entries` carry their distances and are present on the level.
template <GraphView View>
Code search_level(View& view, const Target& target, std::span<const Neighbor> entries,
                  std::size_t ef, unsigned level, SearchScratch& scratch, SearchWork& work) {
  Beam& beam = scratch.beam;
  beam.reset(ef);
  scratch.visited.reset(view.size());
  for (const Neighbor& entry : entries) {
    if (scratch.visited.insert(entry.slot)) beam.insert(entry.distance, entry.slot);
  }
  Slot current;
  while (beam.pop(current)) {
    // Most often this one comes next; asked for only when it does, its list is late.
    if (const Slot next = beam.peek(current); next != current) view.prefetch(next);
    std::span<const Slot> links;
    scratch.lap(Part::heap);
    const Code code = view.links(level, current, links);
    scratch.lap(Part::store);
    if (code == Code::not_found) {
      ++work.dangling;
      continue;
    }
    if (code != Code::ok) return code;
    ++work.hops;
    scratch.take_unseen(links);
    if (scratch.fresh.empty()) continue;
    if (const Code scored = score(view, target, scratch.fresh, scratch, work); scored != Code::ok) {
      return scored;
    }
    beam.insert(scratch.distances.data(), scratch.fresh.data(), scratch.fresh.size());
    if (const Slot next = beam.peek(current); next != current) view.prefetch(next);
  }
  return Code::ok;
}

/// Fills scratch.beam with the `ef` nearest of all items: brute force, for the price of a search to
/// be held against. Items without a record count as dangling.
template <GraphView View>
Code search_all(View& view, const Target& target, std::size_t ef, SearchScratch& scratch,
                SearchWork& work) {
  constexpr std::size_t together = 64;
  scratch.beam.reset(ef);
  for (std::size_t first = 0; first < view.size(); first += together) {
    scratch.fresh.clear();
    for (std::size_t i = first; i < std::min(first + together, view.size()); ++i) {
      scratch.fresh.push_back(static_cast<Slot>(i));
    }
    if (const Code code = score(view, target, scratch.fresh, scratch, work); code != Code::ok) {
      return code;
    }
    scratch.beam.insert(scratch.distances.data(), scratch.fresh.data(), scratch.fresh.size());
  }
  return Code::ok;
}

/// Adds an item to where a walk starts, unless it is there.
template <GraphView View>
Code add_entry(View& view, const Target& target, Slot slot, std::vector<Neighbor>& entries,
               SearchScratch& scratch, SearchWork& work) {
  for (const Neighbor& entry : entries) {
    if (entry.slot == slot) return Code::ok;
  }
  if (const Code code = score(view, target, {&slot, 1}, scratch, work); code != Code::ok) {
    return code;
  }
  entries.push_back({scratch.distances[0], slot});
  return Code::ok;
}

/// Alg. 5: descends from `entry_points` on `top_level` with a beam of one and leaves the `ef`
/// nearest items of level `bottom` in scratch.beam. An empty graph leaves it empty. The walk on
/// level 0 starts from `root` as well, if it is a slot.
template <GraphView View>
Code search_graph(View& view, const Target& target, std::span<const Slot> entry_points,
                  unsigned top_level, unsigned bottom, std::size_t ef, SearchScratch& scratch,
                  SearchWork& work, Slot root = max_slots) {
  scratch.beam.reset(ef);
  if (entry_points.empty()) return Code::ok;
  if (const Code code = score(view, target, entry_points, scratch, work); code != Code::ok) {
    return code;
  }
  std::vector<Neighbor>& entries = scratch.entries;
  entries.clear();
  for (std::size_t i = 0; i < entry_points.size(); ++i) {
    entries.push_back({scratch.distances[i], entry_points[i]});
  }
  for (unsigned level = top_level; level > bottom; --level) {
    if (const Code code = search_level(view, target, entries, 1, level, scratch, work);
        code != Code::ok) {
      return code;
    }
    entries.assign(1, scratch.beam[0]);
  }
  if (bottom == 0 && root != max_slots) {
    if (const Code code = add_entry(view, target, root, entries, scratch, work); code != Code::ok) {
      return code;
    }
  }
  return search_level(view, target, entries, ef, bottom, scratch, work);
}

}  // namespace skerry::graph
