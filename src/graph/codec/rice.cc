#include "graph/codec/rice.h"

#include "graph/codec/split_code.h"

namespace skerry::graph {

namespace {

unsigned best_parameter(std::span<const std::uint32_t> numbers) {
  return best_width(numbers.size(), [&](unsigned width) {
    std::uint64_t zeros = 0;
    for (const std::uint32_t number : numbers) zeros += number >> width;
    return zeros;
  });
}

/// Whether best_parameter() is `width`, in one pass: a width more would not pay, but this one did.
bool is_best(std::span<const std::uint32_t> numbers, unsigned width) {
  std::uint64_t saved_by_next = 0;
  std::uint64_t saved_by_last = 0;
  for (const std::uint32_t number : numbers) {
    const std::uint32_t quotient = number >> width;
    saved_by_next += quotient - (quotient >> 1);
    saved_by_last += (std::uint64_t{number} << 1 >> width) - quotient;
  }
  return (saved_by_next <= numbers.size() || width == 31) &&
         (saved_by_last > numbers.size() || width == 0);
}

}  // namespace

void RiceCodec::encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const {
  if (slots.empty()) return;
  const Gaps gaps = to_gaps(slots, from_ == From::own ? own : 0);
  Split split{.width = best_parameter(gaps.numbers)};
  if (from_ == From::own) split.below = gaps.below;
  write_split(gaps.numbers, Cut::quotient, split, out);
}

Code RiceCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  if (value.empty()) {
    out.clear();
    return Code::ok;
  }
  Split split;
  if (from_ == From::own) split.below = 0;
  const Code code = read_split(value, Cut::quotient, context.max_links, split, out);
  if (code != Code::ok) return code;
  const bool legal =
      is_best(out, split.width) &&
      from_gaps(out, split.below.value_or(0), from_ == From::own ? context.own : 0, context.limit);
  return legal ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
