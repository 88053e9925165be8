#include "graph/codec/delta.h"

#include <algorithm>

#include "graph/codec/bits.h"

namespace skerry::graph {

namespace {

constexpr std::size_t longest = 5;  // bytes of a number of 32 bits
constexpr std::uint64_t high_bits = 0x8080808080808080;

/// The 7 low bits of each of the 5 low bytes, side by side.
constexpr std::uint64_t join(std::uint64_t bytes) noexcept {
  return (bytes & 0x7f) | (bytes >> 1 & 0x7f << 7) | (bytes >> 2 & 0x7f << 14) |
         (bytes >> 3 & 0x7f << 21) | (bytes >> 4 & std::uint64_t{0x7f} << 28);
}

void put(std::uint32_t number, std::vector<std::byte>& out) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<std::byte>(number | 0x80));
  out.push_back(static_cast<std::byte>(number));
}

}  // namespace

void DeltaCodec::encode(std::span<const Slot> slots, Slot own, std::vector<std::byte>& out) const {
  if (slots.empty()) return;
  const Gaps gaps = to_gaps(slots, from_ == From::own ? own : 0);
  if (from_ == From::own) put(static_cast<std::uint32_t>(gaps.below), out);
  for (const std::uint32_t number : gaps.numbers) put(number, out);
}

Code DeltaCodec::decode(Bytes value, const ListContext& context, std::vector<Slot>& out) const {
  const bool from_own = from_ == From::own;
  out.resize(std::min(context.max_links + from_own, value.size()));
  const BitReader bits(value);
  std::size_t count = 0;
  std::size_t start = 0;     // of the number that is looked for
  std::uint64_t beyond = 0;  // bits of numbers that no number may have
  bool shortest = true;
  for (std::size_t base = 0; base < value.size(); base += 8) {
    // Eight bytes at once: a number ends at each byte without its high bit.
    std::uint64_t ends = ~bits.peek(base * 8) & high_bits;
    if (value.size() - base < 8)
      ends = low_bits(ends, static_cast<unsigned>(value.size() - base) * 8);
    for (; ends != 0; ends &= ends - 1) {
      const std::size_t end = base + static_cast<unsigned>(std::countr_zero(ends)) / 8 + 1;
      const std::size_t length = end - start;
      if (length > longest || count == out.size()) return Code::corrupt;
      const std::uint64_t bytes = low_bits(bits.peek(start * 8), static_cast<unsigned>(length) * 8);
      const std::uint64_t number = join(bytes);
      shortest &= length == 1 || bytes >> ((length - 1) * 8) != 0;
      beyond |= number >> 32;
      out[count++] = static_cast<std::uint32_t>(number);
      start = end;
    }
  }
  out.resize(count);
  if (start != value.size() || !shortest || beyond != 0) return Code::corrupt;
  if (!from_own || value.empty()) {
    return from_gaps(out, 0, 0, context.limit) ? Code::ok : Code::corrupt;
  }
  const std::size_t below = out.front();
  out.erase(out.begin());
  const bool legal = !out.empty() && from_gaps(out, below, context.own, context.limit);
  return legal ? Code::ok : Code::corrupt;
}

}  // namespace skerry::graph
