// Writing what an update changed, but for links (live_graph_writer_links.cc).

#include "graph/live_graph_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"

namespace skerry::graph {

LiveGraphWriter::LiveGraphWriter(LiveGraph& graph, kv::Transaction& transaction)
    : graph_(graph),
      transaction_(transaction),
      name_(graph.index_->name()),
      digest_(graph.index_->meta().digest),
      packing_(graph.meta_.layout, graph.meta_.slots, graph.index_->row_bytes()) {}

UpdateWork LiveGraphWriter::write() {
  rows();
  lists();
  reverse();
  lineages();
  states();
  ids();
  items();
  meta();
  return work_;
}

void LiveGraphWriter::done(Code code, std::string_view part, Bytes key, std::size_t value_bytes) {
  if (code != Code::ok) {
    throw Error(code, fmt::format("writing a record failed: {}", skerry::name(code)),
                {.table = table_name(name_, part), .key = to_hex(key)});
  }
  ++work_.records;
  work_.bytes += key.size() + value_bytes;
}

void LiveGraphWriter::put(kv::TableId table, std::string_view part, Bytes key, Bytes value) {
  done(transaction_.put(table, key, value), part, key, value.size());
}

void LiveGraphWriter::erase(kv::TableId table, std::string_view part, Bytes key) {
  done(transaction_.erase(table, key), part, key, 0);
}

void LiveGraphWriter::rows() {
  std::sort(graph_.removed_rows_.begin(), graph_.removed_rows_.end());
  if (packing_.rows_per_value() > 1) {
    row_blocks();
  } else {
    for (const Slot slot : graph_.removed_rows_) {
      erase(graph_.tables_.vectors, "vectors", VectorKey(slot).bytes);
    }
    for (const auto& [slot, row] : graph_.new_rows_) {
      put(graph_.tables_.vectors, "vectors", VectorKey(slot).bytes, row);
    }
  }
  if (graph_.tables_.codes) codes();
}

/// Values of several rows, changed and unchanged ones; slots without a row have zeros. The value
/// that was the last one gets the rows of new slots, so that it is always among the changed.
void LiveGraphWriter::row_blocks() {
  std::set<Slot> changed;
  for (const Slot slot : graph_.removed_rows_) changed.insert(packing_.row_block(slot));
  for (const auto& [slot, row] : graph_.new_rows_) changed.insert(packing_.row_block(slot));
  const std::size_t row_bytes = graph_.index_->row_bytes();
  kv::Scope scope;
  for (const Slot block : changed) {
    const Packing::Range range = packing_.rows_in(block);
    value_.assign((range.last - range.first) * row_bytes, std::byte{0});
    for (Slot slot = range.first; slot < range.last; ++slot) {
      if (graph_.dead_.vacant(slot)) continue;
      Bytes row;
      if (const auto added = graph_.new_rows_.find(slot); added != graph_.new_rows_.end()) {
        row = added->second;
      } else {
        scope.reset();
        graph_.windows_[0].check(graph_.index_->get_row(slot, scope, row));
      }
      std::copy(row.begin(), row.end(), value_.begin() + (slot - range.first) * row_bytes);
    }
    put(graph_.tables_.vectors, "vectors", VectorKey(block).bytes, value_);
  }
}

void LiveGraphWriter::codes() {
  for (const Slot slot : graph_.removed_rows_) {
    erase(*graph_.tables_.codes, "codes", VectorKey(slot).bytes);
  }
  // An index without items has no encoder yet; its first ones come by a build.
  if (graph_.new_rows_.empty()) return;
  const distance::Encoder& encoder = *graph_.index_->encoder();
  value_.resize(encoder.code_bytes());
  for (const auto& [slot, row] : graph_.new_rows_) {
    encoder.encode(row.data(), value_.data());
    put(*graph_.tables_.codes, "codes", VectorKey(slot).bytes, value_);
  }
}

void LiveGraphWriter::lineages() {
  if (!graph_.tables_.parents) return;
  for (const auto& [slot, lineage] : graph_.lineages_) {
    if (graph_.dead_.vacant(slot)) continue;
    put(*graph_.tables_.parents, "parents", VectorKey(slot).bytes, lineage.encode());
  }
  for (const Slot slot : graph_.removed_rows_) {
    erase(*graph_.tables_.parents, "parents", VectorKey(slot).bytes);
  }
}

void LiveGraphWriter::states() {
  for (const auto& [slot, change] : graph_.states_) {
    const auto [before, now] = change;
    if (before == now) continue;
    if (before != SlotState::live) {
      erase(graph_.tables_.dead, "dead", DeadKey(before, slot).bytes);
    }
    if (now != SlotState::live) put(graph_.tables_.dead, "dead", DeadKey(now, slot).bytes, {});
    if (now == SlotState::free) graph_.ids_of_[slot] = no_item;
  }
}

void LiveGraphWriter::ids() {
  const std::size_t slots = graph_.meta_.slots;
  for (auto next = graph_.ids_of_.begin(); next != graph_.ids_of_.end();) {
    const auto block = static_cast<Slot>(next->first / ids_per_value);
    const std::size_t first = block * ids_per_value;
    std::vector<ItemId> ids(std::min(ids_per_value, slots - first));
    bool identity = true;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto slot = static_cast<Slot>(first + i);
      ids[i] = slot < graph_.index_->meta().slots || graph_.ids_of_.contains(slot)
                   ? graph_.id_of(slot)
                   : ItemId{slot};
      identity = identity && ids[i] == slot;
    }
    while (next != graph_.ids_of_.end() && next->first / ids_per_value == block) ++next;
    if (identity && !graph_.meta_.own_ids) continue;
    const IdBlockKey key(block);
    if (identity) {
      erase(graph_.tables_.ids, "ids", key.bytes);
      continue;
    }
    value_.resize(ids.size() * sizeof(ItemId));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      store(value_.data() + i * sizeof(ItemId), ids[i]);
    }
    put(graph_.tables_.ids, "ids", key.bytes, value_);
    graph_.meta_.own_ids = true;
  }
  for (const auto& [id, slot] : graph_.slots_of_) {
    const ItemKey key(id);
    if (slot && *slot != id) {
      value_.resize(sizeof(Slot));
      store(value_.data(), *slot);
      put(graph_.tables_.ids, "ids", key.bytes, value_);
      graph_.meta_.own_ids = true;
    } else if (graph_.meta_.own_ids) {
      erase(graph_.tables_.ids, "ids", key.bytes);
    }
  }
}

/// What items and entry points do to the digest. Ids of removed items are those they had.
void LiveGraphWriter::items() {
  const Meta& before = graph_.index_->meta();
  const auto id_before = [&](Slot slot) { return graph_.index_->ids().id_of(slot); };
  for (const auto& [slot, levels] : graph_.removed_levels_) {
    digest_.remove_item(id_before(slot), levels - 1);
  }
  for (const auto& [slot, top] : graph_.tops_) digest_.add_item(graph_.id_of(slot), top);
  for (const Slot slot : before.entry_points) digest_.remove_entry_point(id_before(slot));
  for (const Slot slot : graph_.meta_.entry_points) {
    digest_.add_entry_point(graph_.id_of(slot));
  }
}

void LiveGraphWriter::meta() {
  Meta& meta = graph_.meta_;
  meta.tombstones = graph_.dead_.tombstones.size();
  meta.gone = graph_.dead_.gone.size();
  meta.free = graph_.dead_.free.size();
  meta.items = meta.slots - meta.tombstones - meta.gone - meta.free;
  meta.top_level =
      meta.items_per_level.empty() ? 0 : static_cast<unsigned>(meta.items_per_level.size() - 1);
  meta.digest = digest_.hex();
  put(graph_.tables_.meta, "meta", as_bytes("meta"), as_bytes(meta.encode()));
}

UpdateWork LiveGraph::write(kv::Transaction& transaction) {
  return LiveGraphWriter(*this, transaction).write();
}

}  // namespace skerry::graph
