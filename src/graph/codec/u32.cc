#include "graph/codec/u32.h"

#include <cstring>

namespace skerry::graph {

void U32Codec::encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const {
  const Bytes bytes = std::as_bytes(slots);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Code U32Codec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  out.clear();
  const std::size_t count = value.size() / sizeof(Slot);
  if (value.size() % sizeof(Slot) != 0 || count > context.max_links) return Code::corrupt;
  out.resize(count);
  if (count == 0) return Code::ok;
  std::memcpy(out.data(), value.data(), value.size());
  for (std::size_t i = 1; i < count; ++i) {
    if (out[i] <= out[i - 1]) return Code::corrupt;
  }
  return out.back() < context.limit ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
