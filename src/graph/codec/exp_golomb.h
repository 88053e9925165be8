#pragma once
// `exp_golomb`: each number of the list (gaps.h) by its magnitude in unary and the bits below it:
// an exponential Golomb code. A number far larger than the rest costs two bits for each doubling,
// where a Rice code pays for each multiple; such numbers are what an order of ids that puts most
// neighbours near each other leaves over.
// Source: Teuhola, "A compression method for clustered bit-vectors" (Information Processing Letters
// 1978).

#include "graph/codec/gaps.h"

namespace skerry::graph {

class ExpGolombCodec final : public LinkCodec {
 public:
  explicit ExpGolombCodec(From from) noexcept : from_(from) {}

  std::string_view name() const noexcept override {
    return from_ == From::own ? "exp_golomb(from=own)" : "exp_golomb";
  }

  std::string_view description() const noexcept override {
    return from_ == From::own ? "the same, from the list's own slot"
                              : "exponential Golomb code of the gaps, its parameter chosen by list";
  }

  void encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const override;
  Code decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const override;

 private:
  From from_;
};

}  // namespace skerry::graph
