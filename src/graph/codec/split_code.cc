#include "graph/codec/split_code.h"

#include <algorithm>
#include <bit>

namespace skerry::graph {

namespace {

constexpr unsigned width_bits = 5;
constexpr unsigned below_width = 3;  // the smallest on measured graphs, where half of ~20 is usual

/// What `c` stands for: the least number of that magnitude.
constexpr std::uint64_t least_of(unsigned c, unsigned width) noexcept {
  return ((std::uint64_t{1} << c) - 1) << width;
}

constexpr std::size_t low_width(Cut cut, std::size_t zeros, unsigned width) noexcept {
  return cut == Cut::magnitude ? width + zeros : width;
}

struct Parts {
  std::uint32_t zeros;
  std::uint32_t low;  // higher bits are to be ignored
};

Parts parts(std::uint32_t number, std::uint32_t before, Cut cut, unsigned width) noexcept {
  if (cut == Cut::quotient) return {number >> width, number};
  if (cut == Cut::cumulative) return {(number >> width) - (before >> width), number};
  const unsigned c = magnitude(number, width);
  return {c, static_cast<std::uint32_t>(number - least_of(c, width))};
}

/// Sets `width` (0..32) bits from bit `at` of zeroed bytes on.
void put_bits(std::span<std::byte> bytes, std::size_t at, std::uint32_t number, std::size_t width) {
  std::uint64_t bits = low_bits(number, static_cast<unsigned>(width)) << (at & 7);
  for (std::size_t byte = at >> 3; bits != 0; ++byte, bits >>= 8) {
    bytes[byte] |= static_cast<std::byte>(bits & 0xff);
  }
}

/// Makes numbers of their zeros. False when one does not fit.
template <Cut cut>
bool add_lows(const BitReader& bits, unsigned width, std::span<std::uint32_t> zeros) {
  std::size_t at = bits.size();
  std::uint64_t beyond = 0;
  for (std::uint32_t& number : zeros) {
    const auto low = static_cast<unsigned>(low_width(cut, number, width));
    at -= low;
    const std::uint64_t high =
        cut == Cut::magnitude ? least_of(number, width) : std::uint64_t{number} << width;
    const std::uint64_t whole = high + low_bits(bits.peek(at), low);
    beyond |= whole >> 32;
    number = static_cast<std::uint32_t>(whole);
  }
  return beyond == 0;
}

/// Reads the numbers from bit `at` on.
template <Cut cut>
Code read_numbers(const BitReader& bits, std::size_t at, unsigned width, std::size_t most,
                  std::vector<std::uint32_t>& out) {
  std::size_t left = bits.size() - at;  // bits behind the highs so far, less their lows
  out.resize(std::min(most, left / (width + 1)));
  std::size_t count = 0;
  std::size_t all_zeros = 0;
  std::size_t most_zeros = 0;
  std::uint64_t word = bits.peek(0) >> at << at;
  for (std::size_t base = 0; base < bits.size(); base += 64, word = bits.peek(base)) {
    for (; word != 0; word &= word - 1) {
      const std::size_t one = base + static_cast<unsigned>(std::countr_zero(word));
      const std::size_t zeros = one - at;
      const std::size_t used = zeros + 1 + low_width(cut, zeros, width);
      if (used > left || count == out.size()) return Code::corrupt;
      all_zeros += zeros;
      if (cut == Cut::magnitude) most_zeros = std::max(most_zeros, zeros);
      out[count++] = static_cast<std::uint32_t>(cut == Cut::cumulative ? all_zeros : zeros);
      left -= used;
      at = one + 1;
      if (left < 8 && low_bits(bits.peek(at), static_cast<unsigned>(left)) == 0) {
        if (cut == Cut::magnitude && width + most_zeros > 32) return Code::corrupt;
        out.resize(count);
        return add_lows<cut>(bits, width, out) ? Code::ok : Code::corrupt;
      }
    }
  }
  return Code::corrupt;
}

}  // namespace

void write_split(std::span<const std::uint32_t> numbers, Cut cut, const Split& split,
                 std::vector<std::byte>& out) {
  const std::size_t start = out.size();
  BitWriter writer(out);
  writer.put(split.width, width_bits);
  if (split.below) {
    const auto below = static_cast<std::uint32_t>(*split.below);
    const auto [zeros, low] = parts(below, 0, Cut::magnitude, below_width);
    writer.put_unary(zeros);
    writer.put(low, below_width + zeros);
  }
  std::size_t all_lows = 0;
  std::uint32_t before = 0;
  for (const std::uint32_t number : numbers) {
    const std::uint32_t zeros = parts(number, before, cut, split.width).zeros;
    writer.put_unary(zeros);
    all_lows += low_width(cut, zeros, split.width);
    before = number;
  }
  const std::size_t bits = writer.written() + all_lows;
  writer.flush();
  out.resize(start + (bits + 7) / 8);
  const std::span<std::byte> bytes = std::span(out).subspan(start);
  std::size_t at = bytes.size() * 8;
  before = 0;
  for (const std::uint32_t number : numbers) {
    const auto [zeros, low] = parts(number, before, cut, split.width);
    const std::size_t width = low_width(cut, zeros, split.width);
    at -= width;
    put_bits(bytes, at, low, width);
    before = number;
  }
}

Code read_split(Bytes value, Cut cut, std::size_t most, Split& split,
                std::vector<std::uint32_t>& out) {
  const BitReader bits(value);
  const std::uint64_t word = bits.peek(0);
  const auto width = static_cast<unsigned>(low_bits(word, width_bits));
  split.width = width;
  std::size_t at = width_bits;
  if (split.below) {
    const auto c = static_cast<unsigned>(std::countr_zero(word >> width_bits));
    if (c > 27) return Code::corrupt;  // beyond any list, and the word holds no more
    at += c + 1;
    *split.below = least_of(c, below_width) + low_bits(word >> at, below_width + c);
    at += below_width + c;
  }
  if (at > bits.size()) return Code::corrupt;
  switch (cut) {
    case Cut::quotient: return read_numbers<Cut::quotient>(bits, at, width, most, out);
    case Cut::cumulative: return read_numbers<Cut::cumulative>(bits, at, width, most, out);
    case Cut::magnitude: return read_numbers<Cut::magnitude>(bits, at, width, most, out);
  }
  return Code::corrupt;  // no other cut
}

}  // namespace skerry::graph
