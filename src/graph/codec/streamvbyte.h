#pragma once
// `streamvbyte`: each number of the list (gaps.h) in 1 to 4 little-endian bytes. First come the
// lengths less one, two bits each, four to a byte from the low bits up, unused ones zero; then the
// numbers. Nothing says how many numbers there are: with each, the bytes it accounts for grow, and
// the list ends where they are all the value's.
// Source: Lemire, Kurz, Rupp, "Stream VByte: Faster byte-oriented integer compression" (Information
// Processing Letters 2018).

#include "graph/codec/gaps.h"

namespace skerry::graph {

class StreamVByteCodec final : public LinkCodec {
 public:
  std::string_view name() const noexcept override { return "streamvbyte"; }

  std::string_view description() const noexcept override {
    return "gaps of 1 to 4 bytes, their lengths apart";
  }

  void encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;
};

}  // namespace skerry::graph
