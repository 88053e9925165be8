#pragma once
// Bit streams in byte strings: least significant bit of the first byte first, the last byte filled
// up with zeros.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace skerry::graph {

/// The `width` low bits, 0..63.
constexpr std::uint64_t low_bits(std::uint64_t word, unsigned width) noexcept {
  return word & ((std::uint64_t{1} << width) - 1);
}

/// floor(log2(number)) of a positive number. std::bit_width() would look for 0 first.
inline unsigned floor_log2(std::uint64_t number) noexcept {
  return 63U ^ static_cast<unsigned>(__builtin_clzll(number));
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

/// Looks into a byte string at any bit, without a branch. Never reads outside of it.
class BitReader {
 public:
  explicit BitReader(Bytes bytes) noexcept : data_(bytes.data()), size_(bytes.size()) {
    if (size_ >= sizeof(std::uint64_t)) {
      last_ = size_ - sizeof(std::uint64_t);
    } else {
      if (size_ > 0) std::memcpy(copy_.data(), bytes.data(), size_);
      data_ = copy_.data();
    }
  }

  BitReader(const BitReader&) = delete;  // it may point into itself
  BitReader& operator=(const BitReader&) = delete;

  /// In bits.
  std::size_t size() const noexcept { return size_ * 8; }

  /// The next 57 bits or more (64 where a byte starts) from bit `at` on, the first of them lowest;
  /// past the end zeros. At the end itself, and behind it, the bits mean nothing.
  std::uint64_t peek(std::size_t at) const noexcept {
    const std::size_t start = std::min(at >> 3, last_);
    return load<std::uint64_t>(data_ + start) >> ((at - start * 8) & 63);
  }

  /// Whether nothing but padding is left from bit `at` on: fewer than 8 bits, all zero.
  bool ends_at(std::size_t at) const noexcept {
    return at <= size() && size() - at < 8 &&
           low_bits(peek(at), static_cast<unsigned>(size() - at)) == 0;
  }

 private:
  const std::byte* data_;
  std::size_t size_;
  std::size_t last_ = 0;                // where the last word starts
  std::array<std::byte, 8> copy_ = {};  // of a shorter string
};

}  // namespace skerry::graph
