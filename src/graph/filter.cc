#include "graph/filter.h"

#include <algorithm>
#include <bit>
#include <roaring/roaring64map.hh>
#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace skerry::graph {

namespace {

constexpr std::size_t sample_size = 2000;
// Between two looks at a query's limits.
constexpr std::size_t asked_together = 4096;
// Of the sample only; no graph or result depends on it.
constexpr std::uint64_t sample_seed = 0x66696c746572;  // "filter"

}  // namespace

Filter::Filter(const StoredIndex& index)
    : index_(&index),
      slots_(index.meta().slots),
      everything_(true),
      exact_count_(index.meta().items),
      count_(index.meta().items) {}

Filter::Filter(const StoredIndex& index, const Roaring64Map& ids)
    : index_(&index), slots_(index.meta().slots), words_(slots_ / 64 + 1, 0) {
  const std::uint64_t asked = ids.cardinality();
  std::size_t count = 0;
  const auto add = [&](Slot slot) {
    words_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    ++count;
  };
  // Asking for the slot of an id costs a look-up in the store, reading all ids about one a block.
  constexpr std::uint64_t lookup_cost = 8;
  if (index.ids().identity() || asked < slots_ / lookup_cost) {
    // By name, since the operator is ambiguous to C++20 (it is not const).
    const auto end = ids.end();
    for (auto at = ids.begin(); at.operator!=(end); ++at) {
      if (index.ids().identity() && *at >= slots_) break;
      if (const std::optional<Slot> slot = index.slot_of(*at)) add(*slot);
    }
  } else {
    const std::vector<ItemId> known = index.ids().load();
    for (std::size_t i = 0; i < known.size(); ++i) {
      const auto slot = static_cast<Slot>(i);
      if (!index.dead().dead(slot) && ids.contains(known[i])) add(slot);
    }
  }
  exact_count_ = count;
  count_ = count;
  everything_ = count == index.meta().items;
  if (count * sizeof(Slot) > words_.size() * sizeof(words_[0])) return;
  few_.reserve(count);
  for (std::size_t word = 0; word < words_.size(); ++word) {
    for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
      few_.push_back(static_cast<Slot>(word * 64 + std::countr_zero(bits)));
    }
  }
}

Filter::Filter(const StoredIndex& index, std::function<bool(ItemId)> accepts,
               std::span<const ItemId> ids)
    : index_(&index), slots_(index.meta().slots), predicate_(std::move(accepts)), ids_(ids) {
  if (!predicate_) throw Error(Code::invalid_argument, "the filter's predicate is empty");
  const bool all = slots_ <= sample_size;
  const std::size_t asked = all ? slots_ : sample_size;
  Random random(sample_seed);
  std::size_t passed = 0;
  for (std::size_t i = 0; i < asked; ++i) {
    passed += ask(static_cast<Slot>(all ? i : random.below(slots_))) ? 1 : 0;
  }
  if (all) {
    exact_count_ = passed;
    count_ = passed;
    everything_ = passed == index.meta().items;
    return;
  }
  // Half a hit more than seen: a share of zero in the sample is not one of zero in the index.
  const double share = (static_cast<double>(passed) + 0.5) / (static_cast<double>(asked) + 1.0);
  count_ = std::min<std::size_t>(index.meta().items,
                                 static_cast<std::size_t>(share * static_cast<double>(slots_)));
}

ItemId Filter::id_of(Slot slot) const {
  return ids_.empty() ? index_->ids().id_of(slot) : ids_[slot];
}

bool Filter::ask(Slot slot) const { return !index_->dead().dead(slot) && predicate_(id_of(slot)); }

Slot Filter::next_slots(Slot from, std::size_t most, std::vector<Slot>& slots) const {
  slots.clear();
  if (!few_.empty() || exact_count_ == std::size_t{0}) {
    auto at = std::lower_bound(few_.begin(), few_.end(), from);
    for (; at != few_.end() && slots.size() < most; ++at) slots.push_back(*at);
    return at == few_.end() ? static_cast<Slot>(slots_) : *at;
  }
  if (!words_.empty()) {
    std::size_t word = from / 64;
    std::uint64_t bits = words_[word] & (~std::uint64_t{0} << (from % 64));
    for (;;) {
      for (; bits != 0; bits &= bits - 1) {
        const auto slot = static_cast<Slot>(word * 64 + std::countr_zero(bits));
        if (slots.size() == most) return slot;
        slots.push_back(slot);
      }
      if (++word == words_.size()) return static_cast<Slot>(slots_);
      bits = words_[word];
    }
  }
  const std::size_t end = std::min<std::size_t>(slots_, from + asked_together);
  for (; from < end && slots.size() < most; ++from) {
    if (accepts(from)) slots.push_back(from);
  }
  return from;
}

}  // namespace skerry::graph
