#pragma once
// The records of an index that is written whole (graph/layout.h), made of its rows and its graph.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/types.h"
#include "distance/encoding.h"
#include "graph/codec/codec.h"
#include "graph/graph.h"
#include "graph/layout.h"
#include "graph/lineage.h"
#include "graph/meta.h"
#include "graph/packing.h"
#include "graph/record_sink.h"
#include "graph/rows.h"
#include "kv/store.h"

namespace skerry::graph {

/// The tables of an index; those that it does not have are not used.
struct IndexTables {
  kv::TableId meta, ids, vectors, codes, links, reverse, parents;
};

/// Gives the records of one index to a sink. All calls throw what the sink reports, with table and
/// key.
class RecordWriter {
 public:
  /// `graph` is numbered as it is written; `items[slot]` is the row of a slot. All references
  /// outlive this.
  RecordWriter(std::string_view name, const IndexTables& tables, const Rows& rows,
               const Graph& graph, std::span<const Slot> items, const LinkCodec& codec,
               const Layout& layout, RecordSink& sink);

  /// Before the first run: from here on rows have codes.
  void code_with(const distance::Encoder& encoder);

  /// All records of the slots first..last-1, which begin and end with values.
  void run(Slot first, Slot last);

  /// What `ids` must hold: blocks that differ from slots being ids, then items by id.
  void ids(std::span<const ItemId> ids);

  /// `lineage` by row, `slots` by row.
  void parents(std::span<const Lineage> lineage, std::span<const Slot> slots);

  /// The in-links of all slots.
  void reverse();

  void meta(const Meta& meta);

 private:
  void write_rows(Slot first, Slot last);
  void write_codes(Slot first, Slot last);
  void write_base_lists(Slot first, Slot last);
  void append_lists(Slot block);
  void append_codes(Slot slot);
  void add(kv::TableId table, std::string_view part, kv::Key key, Bytes value);

  std::string_view name_;
  IndexTables tables_;
  const Rows* rows_;
  const Graph* graph_;
  std::span<const Slot> items_;
  const LinkCodec* codec_;
  Layout layout_;
  Packing packing_;
  RecordSink* sink_;
  const distance::Encoder* encoder_ = nullptr;
  std::vector<std::byte> code_;
  RowBlock codes_;  ///< by row, where they lie inline
  std::vector<std::byte> value_;
  std::vector<std::vector<std::byte>> lists_;
};

}  // namespace skerry::graph
