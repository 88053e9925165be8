#pragma once
// `bitpacked`: the first number of the list (gaps.h) in bits of its own, then all gaps in as many
// bits as the largest needs.
//
//   5 bits  width of the first number less one (1..32; 1 for 0)
//   5 bits  width of the gaps less one (1 when there are none)
//   the first number, then each gap (1 and more: here not less one)
//   0..7 zeros, up to whole bytes
//
// Nothing says how many gaps there are: no gap is 0, so that zeros at the end are padding.

#include "graph/codec/gaps.h"

namespace skerry::graph {

class BitpackedCodec final : public LinkCodec {
 public:
  std::string_view name() const noexcept override { return "bitpacked"; }

  std::string_view description() const noexcept override {
    return "gaps, each in the bits of the list's largest";
  }

  void encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;
};

}  // namespace skerry::graph
