#pragma once
// What a search looked at, in order: enough to replay every narrower one.
//
// Why: a beam of capacity c holds the c nearest, by (distance, slot), of all items scored so far
// (graph/beam.h), and the next node is the nearest of them that is not expanded. While a beam of
// ef' < ef has such a node, it is the nearest unexpanded one of all that were scored, and so the
// next one of the wider beam, too. By induction both expand the same nodes in the same order, and
// score the same ones, until the narrower has expanded all that it holds; then it stops. So a
// search with ef' is a prefix of the one with ef, and so is each rule that stops it earlier.
//
// File, little-endian: magic "sktrace\n", u32 version, u32 ef, u32 truth depth, u32 length and text
// of the metric's name, u64 items, u64 queries; for each query: truth ids u32 [truth depth]; u32
// count and so many (slot u32, distance f32) of entry points; u32 number of expansions, each u8
// level, u32 slot, u32 count and so many pairs (count 0xffffffff: the record was missing);
// XXH3_64 (seed 0) of all bytes before. A missing row has the distance +infinity.
// Size: 9 bytes an expansion, 8 bytes a distance, 8 + 4 truth depth bytes a query.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/types.h"
#include "graph/search.h"

namespace skerry::experiments {

inline constexpr std::uint32_t trace_version = 1;

/// One node whose links were asked for; what it was compared with lies in Trace::scored.
struct Expansion {
  std::uint8_t level = 0;
  bool missing = false;
  Slot slot = 0;
  std::uint32_t count = 0;  ///< of items scored right after
};

/// One query.
struct Trace {
  std::vector<std::uint32_t> truth;  ///< true neighbours, nearest first
  std::uint32_t entries = 0;         ///< the first so many of `scored` are the entry points
  std::vector<Expansion> expansions;
  std::vector<Neighbor> scored;  ///< one expansion's after the other's
};

struct TraceFile {
  std::string metric;
  std::uint32_t ef = 0;           ///< the beam of level 0 that was recorded
  std::uint32_t truth_depth = 0;  ///< length of every Trace::truth
  std::uint64_t items = 0;
  std::vector<Trace> traces;
};

/// Throws Error: no_space, io. The file is whole or absent.
void write_trace(const std::filesystem::path& path, const TraceFile& file);

/// Throws Error: not_found, io, version, corrupt for any bytes that write_trace() cannot have
/// written. Needs at most three times the file's size of memory.
TraceFile read_trace(const std::filesystem::path& path);

/// A view that notes what a search asks of another one. Distances are computed a second time, with
/// the search's own kernel; kernels give the same bits however rows are batched.
template <graph::GraphView Inner>
class TracingView {
 public:
  TracingView(Inner& inner, const graph::Target& target, Trace& trace)
      : inner_(&inner), target_(target), trace_(&trace) {}

  std::size_t size() const { return inner_->size(); }

  Code links(unsigned level, Slot slot, std::span<const Slot>& out) {
    const Code code = inner_->links(level, slot, out);
    trace_->expansions.push_back(
        {static_cast<std::uint8_t>(level), code == Code::not_found, slot, 0});
    return code;
  }

  Code rows(std::span<const Slot> slots, const std::byte** out) {
    const Code code = inner_->rows(slots, out);
    if (code != Code::ok) return code;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      float distance = std::numeric_limits<float>::infinity();
      if (out[i] != nullptr) target_.kernel(target_.row, &out[i], 1, target_.dimension, &distance);
      trace_->scored.push_back({distance, slots[i]});
    }
    const auto count = static_cast<std::uint32_t>(slots.size());
    if (trace_->expansions.empty()) {
      trace_->entries += count;
    } else {
      trace_->expansions.back().count += count;
    }
    return code;
  }

  void prefetch(Slot slot) { inner_->prefetch(slot); }

  graph::RecordPlace failure() const { return inner_->failure(); }

 private:
  Inner* inner_;
  graph::Target target_;
  Trace* trace_;
};

}  // namespace skerry::experiments
