#include "experiments/graphs/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "base/error.h"
#include "graph/beam.h"

namespace skerry::experiments {

namespace {

/// Walks a trace from its front.
class Walk {
 public:
  explicit Walk(const Trace& trace) : expansions_(trace.expansions), scored_(trace.scored) {}

  std::span<const Neighbor> take_scored(std::size_t count, graph::SearchWork& work) {
    const std::span<const Neighbor> taken = scored_.first(std::min(count, scored_.size()));
    scored_ = scored_.subspan(taken.size());
    for (const Neighbor& each : taken) {
      const bool present = each.distance < std::numeric_limits<float>::infinity();
      ++(present ? work.distances : work.dangling);
    }
    return taken;
  }

  const Expansion& take_expansion(Slot slot, unsigned level) {
    if (expansions_.empty() || expansions_.front().slot != slot ||
        expansions_.front().level != level) {
      throw Error(Code::corrupt, fmt::format("the trace does not expand item {} on level {} where "
                                             "a beam search would",
                                             slot, level));
    }
    const Expansion& taken = expansions_.front();
    expansions_ = expansions_.subspan(1);
    return taken;
  }

 private:
  std::span<const Expansion> expansions_;
  std::span<const Neighbor> scored_;
};

/// Whether one of `scored` entered the k nearest: it is one of them now.
bool changes_nearest(const graph::Beam& beam, std::size_t k, std::span<const Neighbor> scored) {
  const std::size_t last = std::min(k, beam.size());
  if (last == 0) return false;
  const Neighbor worst = beam[last - 1];
  return std::any_of(scored.begin(), scored.end(),
                     [&](const Neighbor& each) { return !(worst < each); });
}

void fill(graph::Beam& beam, std::span<const Neighbor> scored) {
  for (const Neighbor& each : scored) {
    if (each.distance < std::numeric_limits<float>::infinity()) {
      beam.insert(each.distance, each.slot);
    }
  }
}

/// The distance of the beam's next candidate.
float distance_of(const graph::Beam& beam, Slot slot) {
  for (std::size_t i = 0; i < beam.size(); ++i) {
    if (beam[i].slot == slot) return beam[i].distance;
  }
  return std::numeric_limits<float>::infinity();
}

}  // namespace

Replayed replay(const Trace& trace, std::uint32_t recorded_ef, std::size_t k, std::size_t ef,
                const Termination& rule) {
  if (k < 1 || ef < k || ef > recorded_ef) {
    throw Error(Code::invalid_argument,
                fmt::format("k is {} and ef is {}; 1 <= k <= ef <= {}, the recorded beam, must "
                            "hold",
                            k, ef, recorded_ef));
  }
  Replayed result;
  if (trace.entries == 0) return result;
  Walk walk(trace);
  const std::span<const Neighbor> scored = walk.take_scored(trace.entries, result.work);
  std::vector<Neighbor> entries(scored.begin(), scored.end());
  graph::Beam beam;
  const unsigned top = trace.expansions.empty() ? 0 : trace.expansions.front().level;
  for (unsigned level = top;; --level) {
    beam.reset(level == 0 ? ef : 1);
    // As search_level() does: entry points enter the beam even at an infinite distance.
    for (const Neighbor& each : entries) beam.insert(each.distance, each.slot);
    std::uint64_t stale = 0;
    const Slot none = max_slots;
    for (Slot next = beam.peek(none); next != none; next = beam.peek(none)) {
      if (level == 0 &&
          rule.stops({beam, k, result.work.distances, stale}, distance_of(beam, next))) {
        break;
      }
      beam.pop(next);
      const Expansion& expansion = walk.take_expansion(next, level);
      if (expansion.missing) {
        ++result.work.dangling;
        continue;
      }
      ++result.work.hops;
      const std::span<const Neighbor> fresh = walk.take_scored(expansion.count, result.work);
      fill(beam, fresh);
      stale = changes_nearest(beam, k, fresh) ? 0 : stale + 1;
    }
    if (level == 0) break;
    entries.assign(1, beam[0]);
  }
  for (std::size_t i = 0; i < std::min(k, beam.size()); ++i) result.hits.push_back(beam[i]);
  return result;
}

}  // namespace skerry::experiments
