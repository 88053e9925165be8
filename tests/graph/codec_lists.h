#pragma once
// Lists and values for the tests of link codecs.

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "graph/codec/codec.h"

namespace skerry::graph {

/// Ascending, distinct, below `limit`.
inline std::vector<Slot> random_list(Random& random, std::size_t count, Slot limit) {
  std::set<Slot> slots;
  while (slots.size() < count) slots.insert(static_cast<Slot>(random.below(limit)));
  return {slots.begin(), slots.end()};
}

inline std::vector<std::byte> encoded(const LinkCodec& codec, const std::vector<Slot>& slots,
                                      Slot own = 0) {
  std::vector<std::byte> value;
  codec.encode(slots, own, value);
  return value;
}

/// Flips 1 to 4 bits and, half the time, cuts or lengthens the value.
inline void damage(Random& random, std::vector<std::byte>& value) {
  for (std::uint64_t flips = 1 + random.below(4); flips > 0 && !value.empty(); --flips) {
    value[random.below(value.size())] ^= static_cast<std::byte>(1U << random.below(8));
  }
  if (random.below(2) == 0) value.resize(random.below(value.size() + 8));
}

/// A name that GoogleTest takes: `rice(from=own)` becomes rice_from_own.
inline std::string test_name(const LinkCodec& codec) {
  std::string name(codec.name());
  std::erase(name, ')');
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '(' || c == '='; }, '_');
  return name;
}

}  // namespace skerry::graph
