#include "graph/live_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "base/error.h"
#include "graph/write_index.h"

namespace skerry::graph {

LiveGraph::LiveGraph(const StoredIndex& index, const UpdateTables& tables, std::size_t room,
                     unsigned threads)
    : index_(&index),
      tables_(tables),
      meta_(index.meta()),
      dead_(index.dead()),
      stable_views_(index.snapshot().view_life() == kv::ViewLife::snapshot),
      capacity_(meta_.slots + room) {
  if (!meta_.layout.updatable()) {
    throw Error(
        Code::unsupported,
        fmt::format("index `{}` has layout `{}`; only indexes with rows apart from the lists, and "
                    "no codes beside them, can be updated",
                    index.name(), meta_.layout.spec()));
  }
  if (capacity_ > max_slots) {
    throw Error(Code::full,
                fmt::format("{} slots are more than an index can have ({})", capacity_, max_slots));
  }
  void* const zeroed = std::calloc(std::max<std::size_t>(capacity_, 1), sizeof(RowPointer));
  if (zeroed == nullptr) throw std::bad_alloc();
  rows_.reset(static_cast<RowPointer*>(zeroed));
  for (unsigned i = 0; i < threads; ++i) windows_.emplace_back(*this);
}

LiveGraph::Window& LiveGraph::window(unsigned thread) noexcept { return windows_[thread]; }

SlotState LiveGraph::state_of(Slot slot) const noexcept {
  if (dead_.tombstones.contains(slot)) return SlotState::tombstone;
  if (dead_.gone.contains(slot)) return SlotState::gone;
  return dead_.free.contains(slot) ? SlotState::free : SlotState::live;
}

void LiveGraph::mark(Slot slot, SlotState state) {
  const SlotState before = state_of(slot);
  const auto [place, first] = states_.try_emplace(slot, before, state);
  if (!first) place->second.second = state;
  dead_.tombstones.erase(slot);
  dead_.gone.erase(slot);
  dead_.free.erase(slot);
  if (state == SlotState::tombstone) dead_.tombstones.insert(slot);
  if (state == SlotState::gone) dead_.gone.insert(slot);
  if (state == SlotState::free) dead_.free.insert(slot);
}

Code LiveGraph::stored_list(unsigned level, Slot slot, kv::Scope& scope,
                            std::vector<Slot>& out) const {
  const Meta& stored = index_->meta();
  if (slot >= stored.slots) return Code::not_found;
  scope.reset();
  kv::View value;
  Bytes list;
  if (const Code code = index_->get_list(level, slot, scope, value, list); code != Code::ok) {
    return code;
  }
  return index_->codec().decode(
      list, {slot, static_cast<Slot>(stored.slots), stored.bounds.at(level)}, out);
}

void LiveGraph::read(List& list, unsigned level, Slot slot, kv::Scope& scope) const {
  if (list.read) return;
  const Code code = stored_list(level, slot, scope, list.before);
  if (code != Code::ok && code != Code::not_found) {
    throw Error(
        code, fmt::format("a list cannot be used: {}", skerry::name(code)),
        {.table = table_name(index_->name(), "links"), .key = to_hex(LinkKey(level, slot).bytes)});
  }
  list.stored = code == Code::ok;
  list.now.clear();
  for (const Slot target : list.before) {
    if (!dead_.vacant(target)) list.now.push_back(target);
  }
  list.read = true;
}

void LiveGraph::will_write(unsigned level, Slot slot) { lists_.try_emplace(key_of(level, slot)); }

void LiveGraph::set_links(unsigned level, Slot slot, std::span<const Slot> links) {
  lists_.find(key_of(level, slot))->second.now.assign(links.begin(), links.end());
}

void LiveGraph::set_entry_points(std::vector<Slot> slots) { meta_.entry_points = std::move(slots); }

ItemId LiveGraph::id_of(Slot slot) {
  if (const auto changed = ids_of_.find(slot); changed != ids_of_.end()) return changed->second;
  if (index_->ids().identity()) return slot;
  const auto [place, first] = known_ids_.try_emplace(slot, no_item);
  if (first) place->second = index_->ids().id_of(slot);
  return place->second;
}

std::optional<Slot> LiveGraph::slot_of(ItemId id) const {
  if (const auto changed = slots_of_.find(id); changed != slots_of_.end()) return changed->second;
  return index_->slot_of(id);
}

Slot LiveGraph::add(ItemId id, Bytes row, unsigned top) {
  Slot slot = 0;
  // Of the snapshot: what this update frees was published.
  if (const std::optional<Slot> free = index_->dead().free.next(first_free_)) {
    slot = *free;
    first_free_ = slot + 1;
    mark(slot, SlotState::live);
  } else {
    slot = static_cast<Slot>(meta_.slots++);
  }
  ids_of_[slot] = id;
  slots_of_[id] = slot;
  const auto& stored = new_rows_[slot] = std::vector<std::byte>(row.begin(), row.end());
  rows_[slot].store(stored.data(), std::memory_order_relaxed);
  tops_[slot] = top;
  for (unsigned level = 0; level <= top; ++level) {
    List& list = lists_[key_of(level, slot)];
    list = {};
    list.read = true;
  }
  if (meta_.items_per_level.size() <= top) meta_.items_per_level.resize(top + 1U, 0);
  for (unsigned level = 0; level <= top; ++level) ++meta_.items_per_level[level];
  return slot;
}

bool LiveGraph::present(unsigned level, Slot slot) {
  if (const auto found = lists_.find(key_of(level, slot)); found != lists_.end()) {
    if (found->second.removed) return false;
    if (found->second.read) return true;
  }
  kv::Scope scope;
  std::vector<Slot> list;
  const Code code = stored_list(level, slot, scope, list);
  if (code != Code::not_found) windows_[0].check(code);
  return code == Code::ok;
}

unsigned LiveGraph::levels_of(Slot slot) {
  if (const auto added = tops_.find(slot); added != tops_.end()) return added->second + 1;
  unsigned levels = 0;
  while (levels <= index_->meta().top_level && present(levels, slot)) ++levels;
  return levels;
}

std::vector<std::pair<unsigned, Slot>> LiveGraph::links_to(Slot slot,
                                                           const SlotSet& targets) const {
  std::vector<std::pair<unsigned, Slot>> links;
  kv::Scope scope;
  std::vector<Slot> list;
  for (unsigned level = 0; level <= index_->meta().top_level; ++level) {
    const Code code = stored_list(level, slot, scope, list);
    if (code == Code::not_found) break;
    windows_[0].check(code);
    for (const Slot target : list) {
      if (targets.contains(target)) links.emplace_back(level, target);
    }
  }
  return links;
}

void LiveGraph::bury(Slot slot) {
  slots_of_[id_of(slot)] = std::nullopt;
  mark(slot, SlotState::tombstone);
}

void LiveGraph::remove(Slot slot, bool linked) {
  const unsigned levels = levels_of(slot);
  kv::Scope scope;
  for (unsigned level = 0; level < levels; ++level) {
    List& list = lists_[key_of(level, slot)];
    read(list, level, slot, scope);
    list.now.clear();
    list.removed = true;
    --meta_.items_per_level[level];
  }
  while (!meta_.items_per_level.empty() && meta_.items_per_level.back() == 0) {
    meta_.items_per_level.pop_back();
  }
  removed_rows_.push_back(slot);
  removed_levels_[slot] = levels;
  rows_[slot].store(nullptr, std::memory_order_relaxed);
  if (state_of(slot) == SlotState::live) slots_of_[id_of(slot)] = std::nullopt;
  mark(slot, SlotState::gone);
  if (!linked) set_free(slot);
}

void LiveGraph::set_free(Slot slot) { mark(slot, SlotState::free); }

std::optional<Slot> LiveGraph::first_on_level(unsigned level) {
  const std::unique_ptr<kv::Cursor> cursor = index_->snapshot().cursor(index_->links());
  const Packing& packing = index_->packing();
  Code code = cursor->seek(LinkKey(level, 0).bytes);
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    if (key.size() != sizeof(LinkKey::bytes) || std::to_integer<unsigned>(key[0]) != level) break;
    const Slot block = load_be32(key.data() + 1);
    const Packing::Range range =
        level == 0 ? packing.lists_in(block) : Packing::Range{block, block + 1};
    for (Slot slot = range.first; slot < range.last; ++slot) {
      if (!dead_.vacant(slot)) return slot;
    }
  }
  if (code != Code::ok && code != Code::not_found) windows_[0].check(code);
  return std::nullopt;
}

void LiveGraph::renew_entry_points() {
  std::vector<Slot>& entries = meta_.entry_points;
  std::erase_if(entries, [&](Slot slot) { return dead_.vacant(slot); });
  const std::size_t levels = meta_.items_per_level.size();
  meta_.top_level = levels == 0 ? 0 : static_cast<unsigned>(levels - 1);
  if (!entries.empty() || levels == 0) return;
  if (const std::optional<Slot> slot = first_on_level(meta_.top_level)) entries.push_back(*slot);
}

std::vector<Slot> LiveGraph::in_links(unsigned level, Slot slot) const {
  if (!tables_.reverse) {
    throw Error(Code::unsupported, fmt::format("index `{}` keeps no in-links", index_->name()));
  }
  kv::Scope scope;
  kv::View value;
  const LinkKey key(level, slot);
  Code code = index_->snapshot().get(*tables_.reverse, key.bytes, scope, value);
  if (code == Code::not_found) return {};
  std::vector<Slot> slots;
  const auto all = static_cast<Slot>(index_->meta().slots);
  if (code == Code::ok) code = reverse_codec().decode(value.bytes(), {slot, all, all}, slots);
  if (code == Code::ok) return slots;
  throw Error(code, fmt::format("in-links cannot be used: {}", skerry::name(code)),
              {.table = table_name(index_->name(), "reverse"), .key = to_hex(key.bytes)});
}

static_assert(LinkSpace<LiveGraph>);

}  // namespace skerry::graph
