#pragma once
// Writing a built graph into a store.

#include <cstdint>
#include <string_view>

#include "base/progress.h"
#include "graph/codec/codec.h"
#include "graph/graph.h"
#include "graph/layout.h"
#include "graph/order/order.h"
#include "graph/rows.h"
#include "kv/store.h"

namespace skerry::graph {

/// How records come into the store (the config's `via`).
struct Via {
  /// 0: all by one sorted bulk load. Otherwise by transactions of so many items each, with the
  /// items' rows and lists in the order of their slots, each with Durability::power.
  std::size_t items_per_commit = 0;

  /// `bulk` or `transactions(1000)`. Throws Error{invalid_argument}.
  static Via parse(std::string_view spec);
};

struct WriteOptions {
  const LinkCodec* codec = &link_codec("delta");
  Layout layout{};
  const Order* order = &graph::order("insertion");
  Via via{};
  std::uint64_t seed = 0;  ///< recorded
  unsigned threads = 1;    ///< for the order
};

/// Writes rows, graph and meta into new tables of `store`. The index is visible, as a whole, when
/// this returns: the meta record is written last. Throws what the store throws, invalid_argument
/// when an index of this name is there, cancelled. After a failure of transactions() the tables may
/// hold records without an index.
Meta write_index(kv::Store& store, std::string_view name, const Rows& rows, const Graph& graph,
                 const WriteOptions& options = {}, const Progress& progress = {});

}  // namespace skerry::graph
