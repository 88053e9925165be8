// Writing the links that an update changed, and what follows from them: the digest, the number of
// links, and in-links.

#include <algorithm>
#include <iterator>

#include "graph/live_graph_writer.h"
#include "graph/write_index.h"

namespace skerry::graph {

/// All changed lists in the order of their records.
void LiveGraphWriter::lists() {
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

void LiveGraphWriter::single(unsigned level, Slot slot, const List& list) {
  const LinkKey key(level, slot);
  if (list.removed) return erase(graph_.tables_.links, "links", key.bytes);
  value_.clear();
  graph_.index_->codec().encode(list.now, slot, value_);
  put(graph_.tables_.links, "links", key.bytes, value_);
}

/// A value of several lists, changed and unchanged ones.
void LiveGraphWriter::packed(Slot block) {
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
void LiveGraphWriter::account(std::uint64_t key, const List& list) {
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
    if (graph_.tables_.reverse) in_links_[LiveGraph::key_of(level, target)].gained.push_back(slot);
  }
  graph_.meta_.links += gained_.size();
  graph_.meta_.links -= lost_.size();
}

void LiveGraphWriter::reverse() {
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

}  // namespace skerry::graph
