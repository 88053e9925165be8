#include "graph/record_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/ids.h"
#include "graph/write_index.h"

namespace skerry::graph {

RecordWriter::RecordWriter(std::string_view name, const IndexTables& tables, const Rows& rows,
                           const Graph& graph, std::span<const Slot> items, const LinkCodec& codec,
                           const Layout& layout, RecordSink& sink)
    : name_(name),
      tables_(tables),
      rows_(&rows),
      graph_(&graph),
      items_(items),
      codec_(&codec),
      layout_(layout),
      packing_(layout, graph.size(), rows.row_bytes()),
      sink_(&sink) {}

void RecordWriter::code_with(const distance::Encoder& encoder) {
  encoder_ = &encoder;
  code_.resize(encoder.code_bytes());
  if (layout_.codes_inline) codes_ = encode_rows(encoder, *rows_);
  add(tables_.codes, "codes", mean_key, mean_value(encoder));
}

void RecordWriter::run(Slot first, Slot last) {
  write_rows(first, last);
  if (encoder_ != nullptr) write_codes(first, last);
  if (!layout_.together) write_base_lists(first, last);
  for (unsigned level = 1; level <= graph_->top_level(); ++level) {
    for (Slot slot = first; slot < last; ++slot) {
      if (level >= graph_->levels_of(slot)) continue;
      value_.clear();
      codec_->encode(graph_->links(level, slot), slot, value_);
      add(tables_.links, "links", LinkKey(level, slot).bytes, value_);
    }
  }
  sink_->end_run();
}

void RecordWriter::ids(std::span<const ItemId> ids) {
  std::vector<std::pair<ItemId, Slot>> elsewhere;
  for (std::size_t first = 0; first < ids.size(); first += ids_per_value) {
    const std::size_t last = std::min(first + ids_per_value, ids.size());
    value_.resize((last - first) * sizeof(ItemId));
    bool differs = false;
    for (std::size_t slot = first; slot < last; ++slot) {
      store(value_.data() + (slot - first) * sizeof(ItemId), ids[slot]);
      if (ids[slot] == slot) continue;
      differs = true;
      elsewhere.emplace_back(ids[slot], static_cast<Slot>(slot));
    }
    if (!differs) continue;
    add(tables_.ids, "ids", IdBlockKey(static_cast<Slot>(first / ids_per_value)).bytes, value_);
  }
  std::sort(elsewhere.begin(), elsewhere.end());
  for (const auto& [id, slot] : elsewhere) {
    value_.resize(sizeof(Slot));
    store(value_.data(), slot);
    add(tables_.ids, "ids", ItemKey(id).bytes, value_);
  }
}

void RecordWriter::parents(std::span<const Lineage> lineage, std::span<const Slot> slots) {
  for (std::size_t slot = 0; slot < items_.size(); ++slot) {
    Lineage own = lineage[items_[slot]];
    if (own.parent != no_slot) own.parent = slots[own.parent];
    add(tables_.parents, "parents", VectorKey(static_cast<Slot>(slot)).bytes, own.encode());
  }
}

void RecordWriter::reverse() {
  const LinkCodec& codec = reverse_codec();
  std::vector<std::vector<Slot>> in(graph_->size());
  for (unsigned level = 0; level <= graph_->top_level(); ++level) {
    for (std::vector<Slot>& list : in) list.clear();
    for (std::size_t i = 0; i < graph_->size(); ++i) {
      const auto slot = static_cast<Slot>(i);
      if (level >= graph_->levels_of(slot)) continue;
      for (const Slot target : graph_->links(level, slot)) in[target].push_back(slot);
    }
    for (std::size_t i = 0; i < graph_->size(); ++i) {
      if (in[i].empty()) continue;
      value_.clear();
      codec.encode(in[i], static_cast<Slot>(i), value_);
      add(tables_.reverse, "reverse", LinkKey(level, static_cast<Slot>(i)).bytes, value_);
    }
  }
}

void RecordWriter::meta(const Meta& meta) {
  add(tables_.meta, "meta", as_bytes("meta"), as_bytes(meta.encode()));
}

void RecordWriter::write_rows(Slot first, Slot last) {
  if (first == last) return;
  for (Slot block = packing_.row_block(first); block <= packing_.row_block(last - 1); ++block) {
    const Packing::Range range = packing_.rows_in(block);
    const std::size_t row_bytes = rows_->row_bytes();
    value_.clear();
    for (Slot slot = range.first; slot < range.last; ++slot) {
      const std::byte* row = (*rows_)[items_[slot]];
      value_.insert(value_.end(), row, row + row_bytes);
    }
    if (layout_.together) append_lists(block);
    add(tables_.vectors, "vectors", VectorKey(block).bytes, value_);
  }
}

void RecordWriter::write_codes(Slot first, Slot last) {
  for (Slot slot = first; slot < last; ++slot) {
    encoder_->encode((*rows_)[items_[slot]], code_.data());
    add(tables_.codes, "codes", VectorKey(slot).bytes, code_);
  }
}

void RecordWriter::write_base_lists(Slot first, Slot last) {
  if (first == last) return;
  for (Slot block = packing_.list_block(first); block <= packing_.list_block(last - 1); ++block) {
    value_.clear();
    append_lists(block);
    if (layout_.codes_inline) append_codes(block);
    add(tables_.links, "links", LinkKey(0, block).bytes, value_);
  }
}

void RecordWriter::append_lists(Slot block) {
  const Packing::Range range = packing_.lists_in(block);
  lists_.resize(range.last - range.first);
  for (Slot slot = range.first; slot < range.last; ++slot) {
    std::vector<std::byte>& list = lists_[slot - range.first];
    list.clear();
    codec_->encode(graph_->links(0, slot), slot, list);
  }
  packing_.pack_lists(lists_, value_);
}

/// Of the targets of the one list that `value_` holds.
void RecordWriter::append_codes(Slot slot) {
  for (const Slot target : graph_->links(0, slot)) {
    const std::byte* code = codes_[items_[target]];
    value_.insert(value_.end(), code, code + codes_.row_bytes());
  }
}

void RecordWriter::add(kv::TableId table, std::string_view part, kv::Key key, Bytes value) {
  if (const Code code = sink_->add(table, key, value); code != Code::ok) {
    throw Error(code, fmt::format("writing a record failed: {}", skerry::name(code)),
                {.table = table_name(name_, part), .key = to_hex(key)});
  }
}

}  // namespace skerry::graph
