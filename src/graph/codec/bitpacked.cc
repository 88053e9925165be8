#include "graph/codec/bitpacked.h"

#include <algorithm>

#include "graph/codec/bits.h"

namespace skerry::graph {

namespace {

constexpr unsigned width_bits = 5;

unsigned width_of(std::uint32_t number) {
  return std::max(1U, static_cast<unsigned>(std::bit_width(number)));
}

}  // namespace

void BitpackedCodec::encode(std::span<const Slot> slots, Slot, std::vector<std::byte>& out) const {
  if (slots.empty()) return;
  std::vector<std::uint32_t> numbers = to_gaps(slots, 0).numbers;
  std::uint32_t largest = 0;
  for (std::size_t i = 1; i < numbers.size(); ++i) largest = std::max(largest, ++numbers[i]);
  BitWriter writer(out);
  writer.put(width_of(numbers[0]) - 1, width_bits);
  writer.put(width_of(largest) - 1, width_bits);
  writer.put(numbers[0], width_of(numbers[0]));
  for (std::size_t i = 1; i < numbers.size(); ++i) writer.put(numbers[i], width_of(largest));
  writer.flush();
}

Code BitpackedCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  if (value.empty()) {
    out.clear();
    return Code::ok;
  }
  const BitReader bits(value);
  const std::uint64_t head = bits.peek(0);
  const unsigned first_width = static_cast<unsigned>(low_bits(head, width_bits)) + 1;
  const unsigned width = static_cast<unsigned>(low_bits(head >> width_bits, width_bits)) + 1;
  std::size_t at = 2 * width_bits + first_width;
  if (at > bits.size()) return Code::corrupt;
  // Padding may look like up to seven gaps of zero: they are read and then dropped.
  std::size_t gaps = (bits.size() - at) / width;
  while (gaps > 0 && low_bits(bits.peek(at + (gaps - 1) * width), width) == 0) --gaps;
  if (gaps >= context.max_links || !bits.ends_at(at + gaps * width)) return Code::corrupt;
  out.resize(gaps + 1);
  out[0] = static_cast<std::uint32_t>(low_bits(head >> (2 * width_bits), first_width));
  std::uint32_t all = 0;
  bool positive = true;
  for (std::size_t i = 1; i <= gaps; ++i, at += width) {
    const auto gap = static_cast<std::uint32_t>(low_bits(bits.peek(at), width));
    all |= gap;
    positive &= gap != 0;
    out[i] = gap - 1;
  }
  const bool legal = positive && width_of(out[0]) == first_width && width_of(all) == width &&
                     from_gaps(out, 0, 0, context.limit);
  return legal ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
