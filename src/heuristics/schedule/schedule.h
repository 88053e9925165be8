#pragma once
// What a batch schedule is.

#include <concepts>
#include <cstddef>

#include "heuristics/concepts.h"

namespace skerry::heuristics {

/// batch(inserted, total): how many items come next, at least 1, when this update has inserted
/// `inserted` so far and the index will hold `total` items after it.
template <class S>
concept SchedulePolicy = NamedPolicy<S> && requires(const S schedule, std::size_t count) {
  { schedule.batch(count, count) } -> std::same_as<std::size_t>;
};

}  // namespace skerry::heuristics
