#include "graph/codec/delta.h"

#include <cstdint>

namespace skerry::graph {

void DeltaCodec::encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const {
  Slot expected = 0;  // the least slot that could come next
  for (const Slot slot : slots) {
    Slot gap = slot - expected;
    for (; gap >= 0x80; gap >>= 7) out.push_back(static_cast<std::byte>(gap | 0x80));
    out.push_back(static_cast<std::byte>(gap));
    expected = slot + 1;
  }
}

Code DeltaCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  out.clear();
  std::uint64_t expected = 0;
  const std::byte* at = value.data();
  const std::byte* const end = at + value.size();
  while (at != end) {
    std::uint64_t gap = 0;
    unsigned shift = 0;
    unsigned byte = 0;
    do {
      if (at == end || shift > 28) return Code::corrupt;
      byte = std::to_integer<unsigned>(*at++);
      gap |= std::uint64_t{byte & 0x7f} << shift;
      shift += 7;
    } while ((byte & 0x80) != 0);
    if (byte == 0 && shift > 7) return Code::corrupt;
    const std::uint64_t slot = expected + gap;
    if (slot >= context.limit || out.size() == context.max_links) return Code::corrupt;
    out.push_back(static_cast<Slot>(slot));
    expected = slot + 1;
  }
  return Code::ok;
}

}  // namespace skerry::graph
