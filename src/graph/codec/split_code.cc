#include "graph/codec/split_code.h"

#include <algorithm>

#include "graph/codec/bits.h"

namespace skerry::graph {

namespace {

constexpr unsigned header_bits = 5;

/// Puts the low bits of `lows` into `tail` from its end: the mirror image of BitWriter.
void write_lows(std::span<const std::uint32_t> lows, unsigned width, std::span<std::byte> tail) {
  std::size_t end = tail.size() * 8;
  for (const std::uint32_t number : lows) {
    end -= width;
    std::uint64_t bits = low_bits(number, width) << (end & 7);
    for (std::size_t byte = end >> 3; bits != 0; ++byte, bits >>= 8) {
      tail[byte] |= static_cast<std::byte>(bits & 0xff);
    }
  }
}

/// Makes numbers of high parts.
void add_lows(const BitReader& bits, unsigned width, std::span<std::uint32_t> highs) noexcept {
  std::size_t at = bits.size();
  for (std::uint32_t& number : highs) {
    at -= width;
    number = number << width | static_cast<std::uint32_t>(low_bits(bits.peek(at), width));
  }
}

}  // namespace

void write_split(std::span<const std::uint32_t> highs, std::span<const std::uint32_t> lows,
                 unsigned width, std::vector<std::byte>& out) {
  const std::size_t start = out.size();
  std::size_t bits = header_bits + highs.size() * (width + 1);
  for (const std::uint32_t high : highs) bits += high;
  BitWriter writer(out);
  writer.put(width, header_bits);
  for (const std::uint32_t high : highs) writer.put_unary(high);
  writer.flush();
  out.resize(start + (bits + 7) / 8);
  write_lows(lows, width, std::span(out).subspan(start));
}

Code read_split(Bytes value, Zeros zeros, std::size_t most, unsigned& width,
                std::vector<std::uint32_t>& out) {
  if (value.empty()) return Code::corrupt;
  const BitReader bits(value);
  width = static_cast<unsigned>(low_bits(bits.peek(0), header_bits));
  std::size_t left = bits.size() - header_bits;  // bits behind the highs so far, less their lows
  out.resize(std::min(most, left / (width + 1)));
  std::size_t count = 0;
  std::size_t at = header_bits;  // behind the highs so far
  std::uint64_t any_high = 0;    // all highs, or-ed
  std::uint64_t word = bits.peek(0) >> header_bits << header_bits;
  for (std::size_t base = 0; base < bits.size(); base += 64, word = bits.peek(base)) {
    for (; word != 0; word &= word - 1) {
      const std::size_t one = base + static_cast<unsigned>(std::countr_zero(word));
      const std::size_t used = one + 1 - at + width;
      if (used > left || count == out.size()) return Code::corrupt;
      const std::size_t high = one - (zeros == Zeros::own ? at : header_bits + count);
      any_high |= high;
      out[count++] = static_cast<std::uint32_t>(high);
      left -= used;
      at = one + 1;
      if (left < 8 && low_bits(bits.peek(at), static_cast<unsigned>(left)) == 0) {
        if (any_high << width >> 32 != 0) return Code::corrupt;
        out.resize(count);
        add_lows(bits, width, out);
        return Code::ok;
      }
    }
  }
  return Code::corrupt;
}

}  // namespace skerry::graph
