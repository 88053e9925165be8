#include "graph/codec/gaps.h"

#include <algorithm>

namespace skerry::graph {

Gaps to_gaps(std::span<const Slot> slots, Slot origin) {
  Gaps gaps;
  gaps.numbers.reserve(slots.size());
  const auto middle = std::lower_bound(slots.begin(), slots.end(), origin);
  gaps.below = static_cast<std::size_t>(middle - slots.begin());
  Slot end = origin;  // the least slot that is done
  for (std::size_t i = gaps.below; i-- > 0; end = slots[i]) {
    gaps.numbers.push_back(end - slots[i] - 1);
  }
  Slot next = origin;  // the least slot that could come
  for (std::size_t i = gaps.below; i < slots.size(); next = slots[i++] + 1) {
    gaps.numbers.push_back(slots[i] - next);
  }
  return gaps;
}

// The sums cannot wrap in 64 bits and only fall, or only rise, so that their ends are what to
// check.
bool from_gaps(std::span<std::uint32_t> numbers, std::size_t below, Slot origin,
               Slot limit) noexcept {
  if (below > numbers.size()) return false;
  std::int64_t slot = origin;
  for (std::uint32_t& number : numbers.first(below)) {
    slot -= std::int64_t{number} + 1;
    number = static_cast<Slot>(slot);
  }
  if (slot < 0) return false;
  std::reverse(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(below));
  slot = std::int64_t{origin} - 1;
  for (std::uint32_t& number : numbers.subspan(below)) {
    slot += std::int64_t{number} + 1;
    number = static_cast<Slot>(slot);
  }
  return numbers.empty() || slot < std::int64_t{limit};
}

}  // namespace skerry::graph
