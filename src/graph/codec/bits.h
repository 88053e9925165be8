#pragma once
// Bit streams in byte strings: least significant bit of the first byte first, the last byte filled
// up with zeros.

#include <bit>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace skerry::graph {

/// The `width` low bits, 0..63.
constexpr std::uint64_t low_bits(std::uint64_t word, unsigned width) noexcept {
  return word & ((std::uint64_t{1} << width) - 1);
}

/// Appends to a byte vector. flush() must come last.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) noexcept : out_(&out), start_(out.size()) {}

  /// Bits put so far; before flush().
  std::size_t written() const noexcept { return (out_->size() - start_) * 8 + used_; }

  /// `width` 0..32; `bits` has no higher bits set.
  void put(std::uint32_t bits, unsigned width) {
    word_ |= std::uint64_t{bits} << used_;
    for (used_ += width; used_ >= 8; used_ -= 8, word_ >>= 8) {
      out_->push_back(static_cast<std::byte>(word_ & 0xff));
    }
  }

  /// `zeros` zero bits and a one.
  void put_unary(std::uint32_t zeros) {
    for (; zeros >= 32; zeros -= 32) put(0, 32);
    put(std::uint32_t{1} << zeros, zeros + 1);
  }

  void flush() {
    if (used_ > 0) out_->push_back(static_cast<std::byte>(word_));
    word_ = 0;
    used_ = 0;
  }

 private:
  std::vector<std::byte>* out_;
  std::size_t start_;
  std::uint64_t word_ = 0;
  unsigned used_ = 0;  // 0..7 between calls
};

/// Looks into a byte string at any bit. Never reads outside of it; past the end there are zeros.
class BitReader {
 public:
  explicit BitReader(Bytes bytes) noexcept : bytes_(bytes) {
    const std::size_t tail = bytes.size() < 8 ? bytes.size() : 8;
    tail_at_ = bytes.size() - tail;
    if (tail == 8) {
      tail_ = load<std::uint64_t>(bytes.data() + tail_at_);
    } else {
      for (std::size_t i = tail; i-- > 0;) tail_ = tail_ << 8 | std::to_integer<unsigned>(bytes[i]);
    }
  }

  /// In bits.
  std::size_t size() const noexcept { return bytes_.size() * 8; }

  /// The next 57 bits or more (64 where a byte starts) from bit `at` on, the first of them lowest.
  std::uint64_t peek(std::size_t at) const noexcept {
    const std::size_t byte = at >> 3;
    if (byte + 8 <= bytes_.size()) return load<std::uint64_t>(bytes_.data() + byte) >> (at & 7);
    if (byte >= bytes_.size()) return 0;
    return tail_ >> ((byte - tail_at_) * 8 + (at & 7));
  }

  /// Whether nothing but padding is left from bit `at` on: fewer than 8 bits, all zero.
  bool ends_at(std::size_t at) const noexcept {
    return at <= size() && size() - at < 8 && peek(at) == 0;
  }

 private:
  Bytes bytes_;
  std::size_t tail_at_ = 0;
  std::uint64_t tail_ = 0;  // the bytes from tail_at_ on
};

}  // namespace skerry::graph
