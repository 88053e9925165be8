#include "graph/codec/streamvbyte.h"

#include <algorithm>

#include "graph/codec/bits.h"

namespace skerry::graph {

namespace {

unsigned length_of(std::uint32_t number) {
  return (std::max(1U, static_cast<unsigned>(std::bit_width(number))) + 7) / 8;
}

/// The length less one of number `i`.
unsigned length_code(Bytes value, std::size_t i) {
  return std::to_integer<unsigned>(value[i / 4]) >> (i % 4 * 2) & 3;
}

}  // namespace

void StreamVByteCodec::encode(std::span<const Slot> slots, Slot,
                              std::vector<std::byte>& out) const {
  const std::vector<std::uint32_t> numbers = to_gaps(slots, 0).numbers;
  BitWriter writer(out);
  for (const std::uint32_t number : numbers) writer.put(length_of(number) - 1, 2);
  writer.flush();
  for (const std::uint32_t number : numbers) writer.put(number, length_of(number) * 8);
}

Code StreamVByteCodec::decode(Bytes value, const ListContext& context,
                              std::vector<Slot>& out) const {
  std::size_t count = 0;
  for (std::size_t bytes = 0; bytes < value.size(); ++count) {
    if (count == context.max_links) return Code::corrupt;
    bytes += (count % 4 == 0) + 1 + length_code(value, count);
    if (bytes > value.size()) return Code::corrupt;
  }
  for (std::size_t i = count; i % 4 != 0; ++i) {
    if (length_code(value, i) != 0) return Code::corrupt;
  }
  out.resize(count);
  const BitReader bits(value);
  std::size_t at = (count + 3) / 4;
  bool shortest = true;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned length = length_code(value, i) + 1;
    out[i] = static_cast<std::uint32_t>(low_bits(bits.peek(at * 8), length * 8));
    shortest &= length == length_of(out[i]);
    at += length;
  }
  return shortest && from_gaps(out, 0, 0, context.limit) ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
