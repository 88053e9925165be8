#pragma once
// Distances between items that selection asked for before.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"
#include "base/types.h"

namespace skerry::graph {

/// A table of fixed size in which a new pair takes the place of an old one. It holds ordered pairs:
/// a kernel may round d(a, b) and d(b, a) differently, and a graph must not depend on what is
/// remembered. For one thread.
class PairMemo {
 public:
  /// Room for `entries` pairs, rounded up to a power of two; 0: remembers nothing.
  explicit PairMemo(std::size_t entries)
      : entries_(entries == 0 ? 0 : std::bit_ceil(entries), Entry{}) {}

  bool empty() const noexcept { return entries_.empty(); }

  bool find(Slot a, Slot b, float& distance) noexcept {
    ++lookups_;
    const Entry& entry = place(a, b);
    if (entry.pair != pack(a, b)) return false;
    ++hits_;
    distance = entry.distance;
    return true;
  }

  void put(Slot a, Slot b, float distance) noexcept { place(a, b) = {pack(a, b), distance}; }

  std::uint64_t lookups() const noexcept { return lookups_; }

  std::uint64_t hits() const noexcept { return hits_; }

 private:
  struct Entry {
    std::uint64_t pair = ~std::uint64_t{0};  // no pair: slots end at 2^31
    float distance = 0;
  };

  static std::uint64_t pack(Slot a, Slot b) noexcept { return (std::uint64_t{a} << 32) | b; }

  Entry& place(Slot a, Slot b) noexcept {
    return entries_[mix64(pack(a, b)) & (entries_.size() - 1)];
  }

  std::vector<Entry> entries_;
  std::uint64_t lookups_ = 0;
  std::uint64_t hits_ = 0;
};

}  // namespace skerry::graph
