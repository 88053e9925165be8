#pragma once
// The search frontier: the `capacity` nearest items seen so far, and which of them were expanded.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "base/types.h"

namespace skerry::graph {

/// One sorted array serves as HNSW's candidate queue C and result list W (Alg. 2) at once: a
/// candidate that has left the nearest `capacity` would never be expanded before the search stops.
///
/// An entry is one 64-bit number: the distance's bits made order-preserving, the slot, and the
/// expanded flag lowest; comparing numbers compares (distance, slot).
class Beam {
 public:
  void reset(std::size_t capacity) {
    capacity_ = capacity;
    if (entries_.size() < capacity + 1) entries_.resize(capacity + 1);
    size_ = 0;
    next_ = 0;
  }

  /// Adds a slot that is not in the beam; false when `capacity` nearer ones are there already.
  bool insert(float distance, Slot slot) noexcept {
    const std::uint64_t entry = pack(distance, slot);
    if (size_ == capacity_) {
      if (entry > entries_[size_ - 1]) return false;
      --size_;
    }
    std::uint64_t* const begin = entries_.data();
    std::uint64_t* const place = begin + entries_before(entry);
    std::memmove(place + 1, place, static_cast<std::size_t>(begin + size_ - place) * sizeof(entry));
    *place = entry;
    ++size_;
    next_ = std::min(next_, static_cast<std::size_t>(place - begin));
    return true;
  }

  /// insert() of each slots[i] at distances[i], i < count, that is a number below infinity.
  void insert(const float* distances, const Slot* slots, std::size_t count) {
    if (near_.size() < count) near_.resize(count);
    // Late in a walk most are too far, and which are follows no pattern: a look at all of them
    // without a branch comes first.
    const float limit =
        full() ? distance_of(entries_[size_ - 1]) : std::numeric_limits<float>::max();
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      near_[found] = static_cast<std::uint32_t>(i);
      found += distances[i] <= limit ? 1 : 0;
    }
    for (std::size_t i = 0; i < found; ++i) insert(distances[near_[i]], slots[near_[i]]);
  }

  /// Marks the nearest unexpanded entry as expanded and gives its slot; false when there is none.
  bool pop(Slot& slot) noexcept {
    while (next_ < size_ && (entries_[next_] & 1) != 0) ++next_;
    if (next_ == size_) return false;
    slot = slot_of(entries_[next_]);
    entries_[next_] |= 1;
    ++next_;
    return true;
  }

  /// The slot that pop() would give now, or `none`.
  Slot peek(Slot none) noexcept {
    while (next_ < size_ && (entries_[next_] & 1) != 0) ++next_;
    return next_ == size_ ? none : slot_of(entries_[next_]);
  }

  /// The entry that pop() would give now; false when there is none.
  bool peek(Neighbor& neighbor) noexcept {
    while (next_ < size_ && (entries_[next_] & 1) != 0) ++next_;
    if (next_ == size_) return false;
    neighbor = (*this)[next_];
    return true;
  }

  std::size_t size() const noexcept { return size_; }

  bool full() const noexcept { return size_ == capacity_; }

  /// i-th nearest, i < size().
  Neighbor operator[](std::size_t i) const noexcept {
    return {distance_of(entries_[i]), slot_of(entries_[i])};
  }

 private:
  /// How many entries are below `entry`. Halves without branches, which would be guessed wrong.
  std::size_t entries_before(std::uint64_t entry) const noexcept {
    const std::uint64_t* from = entries_.data();
    std::size_t left = size_;
    while (left > 1) {
      const std::size_t half = left / 2;
      from += half & (std::size_t{0} - static_cast<std::size_t>(from[half - 1] < entry));
      left -= half;
    }
    return static_cast<std::size_t>(from - entries_.data()) + (left == 1 && *from < entry ? 1 : 0);
  }

  static std::uint64_t pack(float distance, Slot slot) noexcept {
    // Adding +0 turns -0 into +0, so that equal distances are equal bits.
    const auto bits = std::bit_cast<std::uint32_t>(distance + 0.0F);
    const std::uint32_t ordered = bits ^ ((bits & 0x80000000U) != 0 ? 0xffffffffU : 0x80000000U);
    return (std::uint64_t{ordered} << 32) | (std::uint64_t{slot} << 1);
  }

  static float distance_of(std::uint64_t entry) noexcept {
    const auto ordered = static_cast<std::uint32_t>(entry >> 32);
    return std::bit_cast<float>(ordered ^
                                ((ordered & 0x80000000U) != 0 ? 0x80000000U : 0xffffffffU));
  }

  static Slot slot_of(std::uint64_t entry) noexcept {
    return static_cast<Slot>(entry & 0xffffffffU) >> 1;
  }

  std::vector<std::uint64_t> entries_;
  std::vector<std::uint32_t> near_;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::size_t next_ = 0;  // no unexpanded entry lies before it
};

}  // namespace skerry::graph
