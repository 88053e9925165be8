#pragma once
// Writing a built graph into a store.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/progress.h"
#include "distance/encoding.h"
#include "graph/codec/codec.h"
#include "graph/graph.h"
#include "graph/meta.h"
#include "graph/order/order.h"
#include "graph/rows.h"
#include "graph/via.h"
#include "kv/store.h"

namespace skerry::graph {

struct WriteOptions {
  const LinkCodec* codec = &link_codec("delta");
  Layout layout{};
  const distance::Encoding* encoding = nullptr;  ///< of codes to keep; null: none
  const Order* order = &graph::order("insertion");
  Via via{};
  std::uint64_t seed = 0;  ///< recorded
  BuildSpecs build{};      ///< recorded
  /// The id of each row, all different and none of them no_item; empty: row numbers.
  std::span<const ItemId> ids{};
  /// Without it the records are there, but no index: the caller writes what is returned.
  bool with_meta = true;
  /// Where records go instead of `via`: an open transaction, which the caller commits.
  kv::Transaction* transaction = nullptr;
  Slot root = no_slot;  ///< Builder::root(), a row
  /// Builder::lineage(): written where it is given.
  std::span<const Lineage> lineage{};
  unsigned threads = 1;  ///< for the order, the slots' new numbers and the digest
};

/// The codec of the table `reverse`.
const LinkCodec& reverse_codec();

/// Writes rows, graph and meta into new tables of `store`. The index is visible, as a whole, when
/// this returns: the meta record is written last. Codes are around the mean of `rows`. Tables that
/// it fills must be empty. Throws what the store throws, invalid_argument when an index of this
/// name is there, cancelled. After a failure of transactions() the tables may hold records without
/// an index.
Meta write_index(kv::Store& store, std::string_view name, const Rows& rows, const Graph& graph,
                 const WriteOptions& options = {}, const Progress& progress = {});

}  // namespace skerry::graph
