#pragma once
// `delta`: the numbers of the list (gaps.h), each as LEB128 (7 bits a byte, least significant
// first, high bit set on all but the last); with from=own how many slots are below comes first.

#include "graph/codec/gaps.h"

namespace skerry::graph {

class DeltaCodec final : public LinkCodec {
 public:
  explicit DeltaCodec(From from) noexcept : from_(from) {}

  std::string_view name() const noexcept override {
    return from_ == From::own ? "delta(from=own)" : "delta";
  }

  std::string_view description() const noexcept override {
    return from_ == From::own ? "the same, from the list's own slot" : "LEB128 gaps";
  }

  void encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const override;

  /// Refuses over-long forms too, so that each list has one encoding.
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;

 private:
  From from_;
};

}  // namespace skerry::graph
