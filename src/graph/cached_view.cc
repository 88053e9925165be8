#include "graph/cached_view.h"

#include <algorithm>
#include <array>

#include "base/spec.h"

namespace skerry::graph {

namespace {

constexpr std::array<Parameter, 1> parameters = {
    {{"mib", "int", "64", "memory of each searcher in MiB, 1..1048576"}}};

}  // namespace

std::span<const Parameter> cached_view_parameters() { return parameters; }

std::size_t cached_view_bytes(const Spec& spec) {
  const Arguments arguments(spec, parameters);
  return static_cast<std::size_t>(arguments.integer("mib", 1, 1 << 20)) << 20;
}

CachedView::CachedView(const StoredIndex& index, const RowPlaces& places, std::size_t bytes)
    : direct_(index, places),
      row_bytes_(places.codes ? index.encoder()->code_bytes() : index.row_bytes()),
      longest_(index.meta().bounds.at(0)),
      place_(index.meta().slots, 0) {
  const std::size_t entry = sizeof(Entry) + row_bytes_ + longest_ * sizeof(Slot);
  // A hop expands one node and compares with all that it links to.
  const std::size_t hop = longest_ + 1;
  capacity_ = std::min<std::size_t>(std::max(bytes / entry, hop), std::max(place_.size(), hop));
  entries_.reserve(capacity_ + 1);
  entries_.emplace_back();
  rows_ = std::make_unique_for_overwrite<std::byte[]>((capacity_ + 1) * row_bytes_);
  lists_ = std::make_unique_for_overwrite<Slot[]>((capacity_ + 1) * longest_);
}

void CachedView::unlink(std::uint32_t entry) noexcept {
  entries_[entries_[entry].older].newer = entries_[entry].newer;
  entries_[entries_[entry].newer].older = entries_[entry].older;
}

void CachedView::make_newest(std::uint32_t entry) noexcept {
  Entry& end = entries_[0];
  entries_[entry].older = end.older;
  entries_[entry].newer = 0;
  entries_[end.older].newer = entry;
  end.older = entry;
}

/// The node's entry, as the one met last; an empty one if it was not remembered.
std::uint32_t CachedView::touch(Slot slot) {
  std::uint32_t entry = place_[slot];
  if (entry != 0) {
    unlink(entry);
  } else if (entries_.size() <= capacity_) {
    entry = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    entry = entries_[0].newer;
    unlink(entry);
    place_[entries_[entry].slot] = 0;
  }
  if (place_[slot] == 0) {
    entries_[entry] = {};
    entries_[entry].slot = slot;
    place_[slot] = entry;
  }
  make_newest(entry);
  return entry;
}

Code CachedView::links(unsigned level, Slot slot, std::span<const Slot>& out) {
  if (level > 0 || slot >= place_.size()) return direct_.links(level, slot, out);
  const std::uint32_t known = place_[slot];
  const bool missing = known == 0 || entries_[known].links == no_list;
  std::span<const Slot> links;
  if (missing) {
    if (const Code code = direct_.links(level, slot, links); code != Code::ok) return code;
  }
  const std::uint32_t entry = touch(slot);
  if (missing) {
    std::copy(links.begin(), links.end(), list_of(entry));
    entries_[entry].links = static_cast<std::uint32_t>(links.size());
  }
  out = {list_of(entry), entries_[entry].links};
  return Code::ok;
}

Code CachedView::rows(std::span<const Slot> slots, const std::byte** out) {
  if (slots.size() > capacity_) return direct_.rows(slots, out);
  missing_.clear();
  missing_at_.clear();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    // Also those that are missing take their place now, so that none of this call makes another go.
    const std::uint32_t entry = touch(slots[i]);
    out[i] = row_of(entry);
    if (entries_[entry].row) {
      __builtin_prefetch(out[i]);
      continue;
    }
    missing_.push_back(slots[i]);
    missing_at_.push_back(i);
  }
  if (missing_.empty()) return Code::ok;
  found_.resize(missing_.size());
  if (const Code code = direct_.rows(missing_, found_.data()); code != Code::ok) return code;
  for (std::size_t j = 0; j < missing_.size(); ++j) {
    const std::byte*& place = out[missing_at_[j]];
    if (found_[j] == nullptr) {
      place = nullptr;  // nothing to remember: it is asked for again
      continue;
    }
    const std::uint32_t entry = place_[missing_[j]];
    std::copy_n(found_[j], row_bytes_, row_of(entry));
    entries_[entry].row = true;
  }
  return Code::ok;
}

void CachedView::prefetch(Slot slot) const noexcept {
  if (slot >= place_.size()) return;
  const std::uint32_t entry = place_[slot];
  if (entry != 0) __builtin_prefetch(lists_.get() + entry * longest_);
}

}  // namespace skerry::graph
