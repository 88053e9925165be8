#include "graph/codec/elias_fano.h"

#include "graph/codec/split_code.h"

namespace skerry::graph {

namespace {

/// The zeros of all highs together are the high part of the last slot.
unsigned best_width_of(std::size_t count, Slot last) {
  return best_width(count, [last](unsigned width) { return std::uint64_t{last} >> width; });
}

}  // namespace

void EliasFanoCodec::encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const {
  if (slots.empty()) return;
  write_split(slots, Cut::cumulative, {.width = best_width_of(slots.size(), slots.back())}, out);
}

Code EliasFanoCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  if (value.empty()) {
    out.clear();
    return Code::ok;
  }
  Split split;
  const Code code = read_split(value, Cut::cumulative, context.max_links, split, out);
  if (code != Code::ok) return code;
  bool ascending = true;
  for (std::size_t i = 1; i < out.size(); ++i) ascending &= out[i - 1] < out[i];
  const bool legal = ascending && out.back() < context.limit &&
                     split.width == best_width_of(out.size(), out.back());
  return legal ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
