#include <array>
#include <vector>

#include "base/spec.h"
#include "graph/codec/codec.h"
#include "graph/codec/delta.h"
#include "graph/codec/roaring.h"
#include "graph/codec/u32.h"

namespace skerry::graph {

std::span<const LinkCodec* const> link_codecs() {
  static const U32Codec u32;
  static const DeltaCodec delta;
  static const RoaringCodec roaring;
  static const std::array<const LinkCodec*, 3> all = {&u32, &delta, &roaring};
  return all;
}

const LinkCodec& link_codec(std::string_view name) {
  std::vector<std::string_view> known;
  for (const LinkCodec* codec : link_codecs()) {
    if (codec->name() == name) return *codec;
    known.push_back(codec->name());
  }
  throw Error(Code::invalid_argument, unknown_name("link codec", name, known));
}

}  // namespace skerry::graph
