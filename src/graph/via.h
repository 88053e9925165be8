#pragma once
// How records come into a store.

#include <cstddef>
#include <span>
#include <string_view>

#include "base/spec.h"

namespace skerry::graph {

/// How records come into the store (the config's `via`).
struct Via {
  /// 0: all by one sorted bulk load. Otherwise by transactions of so many items each, with the
  /// items' rows and lists in the order of their slots, each with Durability::power.
  std::size_t items_per_commit = 0;

  /// `bulk` or `transactions(1000)`. Throws Error{invalid_argument}.
  static Via parse(std::string_view spec);
};

/// What Via::parse() reads, in the order in which it is listed to people.
std::span<const SpecKind> via_kinds();

}  // namespace skerry::graph
