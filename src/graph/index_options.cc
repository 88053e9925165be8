#include "graph/index_options.h"

#include <fmt/format.h>

#include "base/error.h"
#include "graph/codec/codec.h"
#include "graph/codes.h"
#include "graph/digest.h"
#include "graph/order/order.h"
#include "graph/update.h"

namespace skerry::graph {

const distance::Encoding* encoding_of(const IndexOptions& options) {
  if (options.encoding.empty()) return nullptr;
  return find_encoding(options.encoding, distance::metric(options.metric), options.dimension);
}

Meta empty_meta(const IndexOptions& options) {
  const distance::Metric& metric = distance::metric(options.metric);
  if (options.dimension == 0 || options.dimension > (std::size_t{1} << 24)) {
    throw Error(Code::invalid_argument,
                fmt::format("dimension is {}; it must lie in 1..2^24", options.dimension));
  }
  Meta meta;
  meta.metric = metric.name;
  meta.dimension = options.dimension;
  const distance::Encoding* encoding = encoding_of(options);
  meta.encoding = encoding != nullptr ? encoding->name : plain_encoding(metric);
  meta.codec = link_codec(options.codec).name();
  meta.layout = Layout::parse(options.layout);
  meta.order = order(options.order).name();
  meta.bounds = options.bounds;
  meta.build = options.build;
  meta.seed = options.seed;
  meta.digest = Digest().hex();
  (void)UpdateParameters::of(meta, 1);
  if (!meta.layout.updatable()) {
    throw Error(Code::unsupported,
                fmt::format("layout `{}`: an index that can be updated has rows apart from the "
                            "lists, and no codes beside them",
                            options.layout));
  }
  return meta;
}

IndexOptions options_of(const Meta& meta) {
  return {meta.metric, meta.dimension, meta.bounds,
          meta.build,  meta.codec,     meta.layout.spec(),
          meta.order,  meta.seed,      keeps_codes(meta.encoding) ? meta.encoding : std::string()};
}

}  // namespace skerry::graph
