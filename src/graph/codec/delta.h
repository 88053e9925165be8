#pragma once
// `delta`: the first slot, then the gaps between neighbours less one, each as LEB128 (7 bits a
// byte, least significant first, high bit set on all but the last).

#include "graph/codec/codec.h"

namespace skerry::graph {

class DeltaCodec final : public LinkCodec {
 public:
  std::string_view name() const noexcept override { return "delta"; }

  std::string_view description() const noexcept override { return "LEB128 gaps"; }

  void encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const override;

  /// Refuses over-long forms too, so that each list has one encoding.
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;
};

}  // namespace skerry::graph
