#pragma once
// `rice`: each number of the list (gaps.h) as quotient and remainder by a power of two, the best
// one for this list. Near the bound for gaps of a random order, whose law is geometric.
// Source: Golomb, "Run-length encodings" (IEEE Trans. Inf. Theory 1966); Rice, "Some practical
// universal noiseless coding techniques" (JPL 1979).

#include "graph/codec/gaps.h"

namespace skerry::graph {

class RiceCodec final : public LinkCodec {
 public:
  explicit RiceCodec(From from) noexcept : from_(from) {}

  std::string_view name() const noexcept override {
    return from_ == From::own ? "rice(from=own)" : "rice";
  }

  std::string_view description() const noexcept override {
    return from_ == From::own ? "the same, from the list's own slot"
                              : "Rice code of the gaps, its parameter chosen by list";
  }

  void encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;

 private:
  From from_;
};

}  // namespace skerry::graph
