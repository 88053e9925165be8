#pragma once
// Which slots a walk has seen.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/types.h"

namespace skerry::graph {

/// One byte a slot holds the number of the walk that saw it last, so that clearing costs nothing
/// but once in 255 walks.
class VisitedSet {
 public:
  void reset(std::size_t slots) {
    if (marks_.size() < slots) marks_.resize(slots, 0);
    if (++epoch_ == 0) {
      std::fill(marks_.begin(), marks_.end(), std::uint8_t{0});
      epoch_ = 1;
    }
  }

  /// Whether `slot` is seen for the first time since reset(). slot < the size given there.
  bool insert(Slot slot) noexcept {
    const bool first = marks_[slot] != epoch_;
    marks_[slot] = epoch_;
    return first;
  }

  /// `slot` was not seen after all.
  void erase(Slot slot) noexcept { marks_[slot] = 0; }

 private:
  std::vector<std::uint8_t> marks_;
  std::uint8_t epoch_ = 0;
};

}  // namespace skerry::graph
