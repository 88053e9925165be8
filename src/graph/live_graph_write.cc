// Writing what an update changed: the other half of live_graph.h.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "base/error.h"
#include "graph/digest.h"
#include "graph/live_graph.h"
#include "graph/write_index.h"

namespace skerry::graph {

/// Puts the records of one update into one transaction.
class LiveGraphWriter {
 public:
  LiveGraphWriter(LiveGraph& graph, kv::Transaction& transaction)
      : graph_(graph),
        transaction_(transaction),
        name_(graph.index_->name()),
        digest_(graph.index_->meta().digest),
        packing_(graph.meta_.layout, graph.meta_.slots, graph.index_->row_bytes()) {}

  UpdateWork write() {
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

 private:
  using List = LiveGraph::List;

  void done(Code code, std::string_view part, Bytes key, std::size_t value_bytes) {
    if (code != Code::ok) {
      throw Error(code, fmt::format("writing a record failed: {}", skerry::name(code)),
                  {.table = table_name(name_, part), .key = to_hex(key)});
    }
    ++work_.records;
    work_.bytes += key.size() + value_bytes;
  }

  void put(kv::TableId table, std::string_view part, Bytes key, Bytes value) {
    done(transaction_.put(table, key, value), part, key, value.size());
  }

  void erase(kv::TableId table, std::string_view part, Bytes key) {
    done(transaction_.erase(table, key), part, key, 0);
  }

  void rows() {
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
  void row_blocks() {
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

  void codes() {
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

  /// All changed lists in the order of their records.
  void lists() {
    std::vector<std::pair<std::uint64_t, List*>> changed;
    for (auto& [key, list] : graph_.lists_) {
      if (!list.read) continue;
      std::sort(list.now.begin(), list.now.end());
      if (list.stored && !list.removed && list.now == list.before) continue;
      changed.emplace_back(key, &list);
    }
    std::sort(changed.begin(), changed.end());
    for (const auto& [key, list] : changed) account(key, *list);
    for (std::size_t i = 0; i < changed.size();) {
      const auto level = static_cast<unsigned>(changed[i].first >> 32);
      const auto slot = static_cast<Slot>(changed[i].first);
      if (level == 0 && packing_.lists_per_value() > 1) {
        const Slot block = packing_.list_block(slot);
        while (i < changed.size() && changed[i].first >> 32 == 0 &&
               packing_.list_block(static_cast<Slot>(changed[i].first)) == block) {
          ++i;
        }
        packed(block);
      } else {
        single(level, slot, *changed[i].second);
        ++i;
      }
      ++work_.lists;
    }
  }

  void single(unsigned level, Slot slot, const List& list) {
    const LinkKey key(level, slot);
    if (list.removed) return erase(graph_.tables_.links, "links", key.bytes);
    value_.clear();
    graph_.index_->codec().encode(list.now, slot, value_);
    put(graph_.tables_.links, "links", key.bytes, value_);
  }

  /// A value of several lists, changed and unchanged ones.
  void packed(Slot block) {
    const Packing::Range range = packing_.lists_in(block);
    const Slot stored_slots = static_cast<Slot>(graph_.index_->meta().slots);
    std::vector<std::vector<std::byte>> encoded(range.last - range.first);
    std::vector<bool> there(range.last - range.first, false);
    kv::Scope scope;
    for (Slot slot = range.first; slot < range.last; ++slot) {
      const std::size_t at = slot - range.first;
      const auto changed = graph_.lists_.find(LiveGraph::key_of(0, slot));
      if (changed != graph_.lists_.end() && changed->second.read) {
        there[at] = !changed->second.removed;
        if (there[at]) graph_.index_->codec().encode(changed->second.now, slot, encoded[at]);
      } else if (slot < stored_slots) {
        kv::View value;
        Bytes list;
        const Code code = graph_.index_->get_list(0, slot, scope, value, list);
        if (code == Code::not_found) continue;
        graph_.windows_[0].check(code);
        there[at] = true;
        encoded[at].assign(list.begin(), list.end());
      }
    }
    value_.clear();
    packing_.pack_lists(encoded, value_, there);
    put(graph_.tables_.links, "links", LinkKey(0, block).bytes, value_);
  }

  /// What a changed list does to the digest, to the number of links and to in-links.
  void account(std::uint64_t key, const List& list) {
    const auto level = static_cast<unsigned>(key >> 32);
    const auto slot = static_cast<Slot>(key);
    const ItemId source = graph_.id_of(slot);
    lost_.clear();
    gained_.clear();
    std::set_difference(list.before.begin(), list.before.end(), list.now.begin(), list.now.end(),
                        std::back_inserter(lost_));
    std::set_difference(list.now.begin(), list.now.end(), list.before.begin(), list.before.end(),
                        std::back_inserter(gained_));
    for (const Slot target : lost_) {
      digest_.remove_link(level, source, graph_.id_of(target));
      if (graph_.tables_.reverse) in_links_[LiveGraph::key_of(level, target)].lost.push_back(slot);
    }
    for (const Slot target : gained_) {
      digest_.add_link(level, source, graph_.id_of(target));
      if (graph_.tables_.reverse)
        in_links_[LiveGraph::key_of(level, target)].gained.push_back(slot);
    }
    graph_.meta_.links += gained_.size();
    graph_.meta_.links -= lost_.size();
  }

  void reverse() {
    for (auto& [key, change] : in_links_) {
      const auto level = static_cast<unsigned>(key >> 32);
      const auto slot = static_cast<Slot>(key);
      std::vector<Slot> kept;
      if (slot < graph_.index_->meta().slots) {
        const std::vector<Slot> before = graph_.in_links(level, slot);
        std::sort(change.lost.begin(), change.lost.end());
        std::set_difference(before.begin(), before.end(), change.lost.begin(), change.lost.end(),
                            std::back_inserter(kept));
      }
      kept.insert(kept.end(), change.gained.begin(), change.gained.end());
      std::sort(kept.begin(), kept.end());
      const LinkKey record(level, slot);
      if (kept.empty()) {
        erase(*graph_.tables_.reverse, "reverse", record.bytes);
        continue;
      }
      value_.clear();
      reverse_codec().encode(kept, slot, value_);
      put(*graph_.tables_.reverse, "reverse", record.bytes, value_);
    }
  }

  void lineages() {
    if (!graph_.tables_.parents) return;
    for (const auto& [slot, lineage] : graph_.lineages_) {
      if (graph_.dead_.vacant(slot)) continue;
      put(*graph_.tables_.parents, "parents", VectorKey(slot).bytes, lineage.encode());
    }
    for (const Slot slot : graph_.removed_rows_) {
      erase(*graph_.tables_.parents, "parents", VectorKey(slot).bytes);
    }
  }

  void states() {
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

  void ids() {
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
  void items() {
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

  void meta() {
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

  struct Change {
    std::vector<Slot> lost;
    std::vector<Slot> gained;
  };

  LiveGraph& graph_;
  kv::Transaction& transaction_;
  const std::string& name_;
  Digest digest_;
  Packing packing_;
  UpdateWork work_;
  std::map<std::uint64_t, Change> in_links_;
  std::vector<Slot> lost_;
  std::vector<Slot> gained_;
  std::vector<std::byte> value_;
};

UpdateWork LiveGraph::write(kv::Transaction& transaction) {
  return LiveGraphWriter(*this, transaction).write();
}

}  // namespace skerry::graph
