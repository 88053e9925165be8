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
  // Zeros saved by the bit above `width`, and by the bit below it.
  std::uint64_t above = 0;
  std::uint64_t below = 0;
  for (const std::uint32_t number : numbers) {
    const std::uint32_t quotient = number >> width;
    above += quotient - (quotient >> 1);
    below += (std::uint64_t{number} << 1 >> width) - quotient;
  }
  return (above <= numbers.size() || width == 31) && (width == 0 || below > numbers.size());
}

}  // namespace

void RiceCodec::encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const {
  if (slots.empty()) return;
  const std::vector<std::uint32_t> numbers = to_gaps(slots, own, from_);
  const unsigned width = best_parameter(numbers);
  std::vector<std::uint32_t> quotients = numbers;
  for (std::uint32_t& quotient : quotients) quotient >>= width;
  write_split(quotients, numbers, width, out);
}

Code RiceCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  if (value.empty()) {
    out.clear();
    return Code::ok;
  }
  unsigned width = 0;
  const Code code = read_split(value, Zeros::own, context.max_links, width, out);
  if (code != Code::ok) return code;
  const bool legal = is_best(out, width) && from_gaps(out, from_, context);
  return legal ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
