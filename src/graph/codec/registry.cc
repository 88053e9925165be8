#include <array>
#include <string>

#include "base/spec.h"
#include "graph/codec/bitpacked.h"
#include "graph/codec/delta.h"
#include "graph/codec/elias_fano.h"
#include "graph/codec/exp_golomb.h"
#include "graph/codec/rice.h"
#include "graph/codec/roaring.h"
#include "graph/codec/streamvbyte.h"
#include "graph/codec/u32.h"

namespace skerry::graph {

namespace {

constexpr std::array<Parameter, 1> gap_parameters = {
    {{"from", "word", "zero",
      "what the first slot is counted from: zero, or the list's own slot"}}};

/// A codec by the name before its parameters.
struct Kind {
  std::string_view name;
  const LinkCodec* codec;
  const LinkCodec* from_own;  // null when it has no parameter `from`
};

template <class Codec>
Kind kind() {
  static const Codec codec;
  return {codec.name(), &codec, nullptr};
}

template <class Codec>
Kind gap_kind() {
  static const Codec from_zero(From::zero);
  static const Codec from_own(From::own);
  return {from_zero.name(), &from_zero, &from_own};
}

std::span<const Kind> kinds() {
  static const std::array<Kind, 8> all = {kind<U32Codec>(),         gap_kind<DeltaCodec>(),
                                          kind<StreamVByteCodec>(), kind<BitpackedCodec>(),
                                          gap_kind<RiceCodec>(),    gap_kind<ExpGolombCodec>(),
                                          kind<EliasFanoCodec>(),   kind<RoaringCodec>()};
  return all;
}

const LinkCodec& with_parameters(const Kind& kind, const Spec& spec) {
  if (kind.from_own == nullptr) {
    const Arguments none(spec, {});
    return *kind.codec;
  }
  const Arguments arguments(spec, gap_parameters);
  if (arguments.is("from", "zero")) return *kind.codec;
  if (arguments.is("from", "own")) return *kind.from_own;
  constexpr std::array<std::string_view, 2> known = {"zero", "own"};
  throw Error(Code::invalid_argument,
              unknown_name(std::string("value of `from` of link codec `") + spec.name + "`",
                           arguments.word("from"), known));
}

}  // namespace

std::span<const LinkCodec* const> link_codecs() {
  static const std::vector<const LinkCodec*> all = [] {
    std::vector<const LinkCodec*> codecs;
    for (const Kind& kind : kinds()) {
      codecs.push_back(kind.codec);
      if (kind.from_own != nullptr) codecs.push_back(kind.from_own);
    }
    return codecs;
  }();
  return all;
}

const LinkCodec& link_codec(std::string_view name) {
  const Spec spec = Spec::parse(name);
  std::vector<std::string_view> known;
  for (const Kind& kind : kinds()) {
    if (kind.name == spec.name) return with_parameters(kind, spec);
    known.push_back(kind.name);
  }
  throw Error(Code::invalid_argument, unknown_name("link codec", spec.name, known));
}

}  // namespace skerry::graph
