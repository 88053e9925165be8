#pragma once
// `elias_fano`: the slots themselves, cut so that the high parts rise by about one from link to
// link. Not a gap code: it cannot profit from neighbours that are near each other.
// Source: Elias, "Efficient storage and retrieval by content and address of static files" (J. ACM
// 1974); Fano, "On the number of bits required to implement an associative memory" (MIT 1971).

#include "graph/codec/codec.h"

namespace skerry::graph {

class EliasFanoCodec final : public LinkCodec {
 public:
  std::string_view name() const noexcept override { return "elias_fano"; }

  std::string_view description() const noexcept override {
    return "Elias-Fano: low bits as they are, high bits in unary";
  }

  void encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;
};

}  // namespace skerry::graph
