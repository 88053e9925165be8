#include "graph/codec/gaps.h"

namespace skerry::graph {

namespace {

/// Slots are below 2^31, so that a difference of two fits 32 bits with its sign.
std::uint32_t zigzag(std::int64_t difference) noexcept {
  return static_cast<std::uint32_t>(difference < 0 ? -2 * difference - 1 : 2 * difference);
}

std::int64_t unzigzag(std::uint32_t number) noexcept {
  const std::int64_t half = number >> 1;
  return (number & 1) != 0 ? -half - 1 : half;
}

}  // namespace

std::vector<std::uint32_t> to_gaps(std::span<const Slot> slots, Slot own, From from) {
  std::vector<std::uint32_t> numbers(slots.size());
  if (slots.empty()) return numbers;
  numbers[0] = from == From::own ? zigzag(std::int64_t{slots[0]} - own) : slots[0];
  for (std::size_t i = 1; i < slots.size(); ++i) numbers[i] = slots[i] - slots[i - 1] - 1;
  return numbers;
}

bool from_gaps(std::span<std::uint32_t> numbers, From from, const ListContext& context) noexcept {
  if (numbers.empty()) return true;
  std::int64_t slot = numbers[0];
  if (from == From::own) slot = context.own + unzigzag(numbers[0]);
  if (slot < 0) return false;
  numbers[0] = static_cast<Slot>(slot);
  // The sum rises and cannot wrap in 64 bits, so that its last value is the one to check.
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    slot += std::int64_t{numbers[i]} + 1;
    numbers[i] = static_cast<Slot>(slot);
  }
  return slot < std::int64_t{context.limit};
}

}  // namespace skerry::graph
