#pragma once
// `u32`: four little-endian bytes a link. The fastest to read, and the yardstick for the others.

#include "graph/codec/codec.h"

namespace skerry::graph {

class U32Codec final : public LinkCodec {
 public:
  std::string_view name() const noexcept override { return "u32"; }

  std::string_view description() const noexcept override { return "4 bytes a link"; }

  void encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;
};

}  // namespace skerry::graph
