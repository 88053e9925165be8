#pragma once
// `roaring`: CRoaring's portable format, as hannoy stores its links: the baseline of the field.
// Source: https://github.com/RoaringBitmap/RoaringFormatSpec

#include "graph/codec/codec.h"

namespace skerry::graph {

class RoaringCodec final : public LinkCodec {
 public:
  std::string_view name() const noexcept override { return "roaring"; }

  std::string_view description() const noexcept override {
    return "CRoaring portable bitmap, as in hannoy";
  }

  void encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;
};

}  // namespace skerry::graph
