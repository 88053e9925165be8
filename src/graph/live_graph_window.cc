// What one thread of an update reads: the window of live_graph.h.

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "graph/live_graph.h"

namespace skerry::graph {

Code LiveGraph::Window::links(unsigned level, Slot slot, std::span<const Slot>& out) {
  failure_ = {false, level, slot};
  const auto changed = graph_->lists_.find(key_of(level, slot));
  if (changed != graph_->lists_.end() && changed->second.read) {
    if (changed->second.removed) return Code::not_found;
    out = changed->second.now;
    return Code::ok;
  }
  const Code code = graph_->stored_list(level, slot, link_scope_, decoded_);
  out = decoded_;
  return code;
}

const std::byte* LiveGraph::Window::keep(Slot slot, Bytes row) {
  const std::byte* place = row.data();
  if (!graph_->stable_views_) {
    place = copies_.emplace_back(row.begin(), row.end()).data();
  }
  graph_->rows_[slot].store(place, std::memory_order_release);
  return place;
}

Code LiveGraph::Window::rows(std::span<const Slot> slots, const std::byte** out) {
  const Packing& packing = graph_->index_->packing();
  missing_.clear();
  keys_.clear();
  if (key_bytes_.size() < slots.size()) {
    key_bytes_.resize(slots.size());
    values_.resize(slots.size());
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    out[i] = graph_->rows_[slots[i]].load(std::memory_order_acquire);
    if (out[i] != nullptr) {
      __builtin_prefetch(out[i]);
    } else if (!graph_->dead_.vacant(slots[i])) {
      key_bytes_[missing_.size()] = VectorKey(packing.row_block(slots[i])).bytes;
      keys_.push_back(key_bytes_[missing_.size()]);
      missing_.push_back(i);
    }
  }
  if (missing_.empty()) return Code::ok;
  row_scope_.reset();
  const std::span<kv::View> values = std::span(values_).first(missing_.size());
  failure_ = {true, 0, slots[missing_.front()]};
  if (const Code code = graph_->index_->snapshot().multi_get(graph_->index_->vectors(), keys_,
                                                             values, row_scope_);
      code != Code::ok) {
    return code;
  }
  const std::size_t row_bytes = graph_->index_->row_bytes();
  for (std::size_t j = 0; j < missing_.size(); ++j) {
    if (!values[j]) continue;
    const Slot slot = slots[missing_[j]];
    failure_.slot = slot;
    const std::byte* row = nullptr;
    if (const Code code = packing.row(values[j].bytes(), slot, row); code != Code::ok) return code;
    out[missing_[j]] = keep(slot, {row, row_bytes});
  }
  return Code::ok;
}

const std::byte* LiveGraph::Window::row(Slot slot) {
  const std::byte* place = graph_->rows_[slot].load(std::memory_order_acquire);
  if (place != nullptr) return place;
  check(rows({&slot, 1}, &place));
  if (place == nullptr) {
    failure_ = {true, 0, slot};
    check(Code::not_found);
  }
  return place;
}

std::span<const Slot> LiveGraph::Window::list(unsigned level, Slot slot) {
  const auto changed = graph_->lists_.find(key_of(level, slot));
  if (changed != graph_->lists_.end()) {
    graph_->read(changed->second, level, slot, link_scope_);
    return changed->second.now;
  }
  failure_ = {false, level, slot};
  const Code code = graph_->stored_list(level, slot, link_scope_, decoded_);
  if (code == Code::not_found) return {};
  check(code);
  std::erase_if(decoded_, [&](Slot target) { return graph_->dead_.vacant(target); });
  return decoded_;
}

Lineage LiveGraph::Window::lineage(Slot slot) {
  if (const auto changed = graph_->lineages_.find(slot); changed != graph_->lineages_.end()) {
    return changed->second;
  }
  const VectorKey key(slot);
  kv::View value;
  row_scope_.reset();
  Code code =
      graph_->index_->snapshot().get(*graph_->tables_.parents, key.bytes, row_scope_, value);
  Lineage lineage;
  if (code == Code::ok && !lineage.decode(value.bytes())) code = Code::corrupt;
  if (code == Code::ok) return lineage;
  throw Error(code,
              fmt::format("the lineage of slot {} cannot be used: {}", slot, skerry::name(code)),
              {.table = table_name(graph_->index_->name(), "parents"), .key = to_hex(key.bytes)});
}

void LiveGraph::Window::check(Code code) const {
  if (code == Code::ok) return;
  const std::string& name = graph_->index_->name();
  throw Error(
      code, fmt::format("a record of index `{}` cannot be used: {}", name, skerry::name(code)),
      {.table = table_name(name, failure_.is_vector ? "vectors" : "links"),
       .key = failure_.is_vector
                  ? to_hex(VectorKey(graph_->index_->packing().row_block(failure_.slot)).bytes)
                  : to_hex(LinkKey(failure_.level, failure_.slot).bytes)});
}

}  // namespace skerry::graph
