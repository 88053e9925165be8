#include "graph/codec/streamvbyte.h"

#include <algorithm>
#include <array>
#include <bit>

#include "graph/codec/bits.h"

namespace skerry::graph {

namespace {

unsigned length_of(std::uint32_t number) {
  return (std::max(1U, static_cast<unsigned>(std::bit_width(number))) + 7) / 8;
}

constexpr std::array<std::uint32_t, 4> masks = {0xff, 0xffff, 0xffffff, 0xffffffff};

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
  const std::byte* at = value.data() + (count + 3) / 4;
  const std::byte* const end = value.data() + value.size();
  bool shortest = true;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned code = length_code(value, i);
    std::uint32_t number = 0;
    if (end - at >= 4) {
      number = load<std::uint32_t>(at) & masks[code];
    } else {
      for (unsigned byte = code + 1; byte-- > 0;) {
        number = number << 8 | std::to_integer<unsigned>(at[byte]);
      }
    }
    shortest &= code == 0 || at[code] != std::byte{0};
    out[i] = number;
    at += code + 1;
  }
  return shortest && from_gaps(out, 0, 0, context.limit) ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
