// Blocks of 32 codes of one bit a component (distance/code_blocks.h, distance/rabitq_kernels.cc).
//
// Four components are a *piece*: their bits choose one of 16 sums of what the query holds for them,
// and one shuffle looks up the piece of 16 codes. A block has for each piece 16 bytes: byte 2 j + p
// holds the piece of code 8 p + j in its low half and that of code 16 + 8 p + j in its high half.
// Pieces are filled up with zeros to a multiple of four, as many as the longest vector holds. Then
// follow bits set (i32), bias and scale (f32) of all 32 codes.
//
// A sum of four bytes has ten bits, so the table has two bytes for it: for each piece 16 low ones,
// and behind those of all pieces as many high ones; then what the query's code has behind its
// components. Low bytes add up to at most 2^8 a piece in 16 bits, high ones to at most 3 in 8.

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "distance/code_blocks.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "distance/rabitq_blocks.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#ifndef SKERRY_RABITQ_BLOCKS_SHARED
#define SKERRY_RABITQ_BLOCKS_SHARED

namespace skerry::distance {

constexpr std::size_t piece_bytes = 16;
constexpr std::size_t block_codes = BlockForm::codes;

inline std::size_t pieces_of(std::size_t dimension) { return (dimension + 15) / 16 * 4; }

template <class T>
T take_number(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

}  // namespace skerry::distance
#endif

HWY_BEFORE_NAMESPACE();

namespace skerry::distance {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR

/// For each code, the sum of what the query holds where its bits are set.
void sums_of_set(const std::byte* table, const std::byte* block, std::size_t pieces,
                 std::int32_t* sums) {
  std::fill_n(sums, block_codes, 0);
  for (std::size_t at = 0; at < pieces; ++at) {
    for (std::size_t byte = 0; byte < piece_bytes; ++byte) {
      const auto both = std::to_integer<std::size_t>(block[at * piece_bytes + byte]);
      const std::size_t code = byte % 2 * 8 + byte / 2;
      for (const auto& [place, piece] : {std::pair{code, both & 15}, {code + 16, both >> 4}}) {
        const std::byte* low = table + at * piece_bytes + piece;
        sums[place] += std::to_integer<std::int32_t>(low[0]) +
                       256 * std::to_integer<std::int32_t>(low[pieces * piece_bytes]);
      }
    }
  }
}

#else

using Bytes8 = hn::ScalableTag<std::uint8_t>;
using Words = hn::Repartition<std::uint16_t, Bytes8>;
using FourBytes = hn::CappedTag<std::uint8_t, 16>;
using FourWords = hn::CappedTag<std::uint16_t, 8>;
using Sums = hn::CappedTag<std::int32_t, 4>;
constexpr std::size_t lanes = hn::MaxLanes(Bytes8());

/// Adds the 16-byte parts of a vector of low sums and its part of high ones to eight codes' sums.
HWY_INLINE void flush(hn::Vec<Words> low, const std::uint16_t* high, std::int32_t* sums) {
  HWY_ALIGN std::uint16_t parts[lanes / 2];
  hn::Store(low, Words(), parts);
  auto total = hn::Load(FourWords(), parts);
  for (std::size_t at = 8; at < lanes / 2; at += 8) {
    total = hn::Add(total, hn::Load(FourWords(), parts + at));
  }
  HWY_ALIGN std::uint16_t all[8];
  hn::Store(total, FourWords(), all);
  for (std::size_t j = 0; j < 8; ++j) sums[j] += all[j] + 256 * std::int32_t{high[j]};
}

/// The high sums of 16 codes, from one byte each in every 16-byte part: of even bytes, then of odd.
HWY_INLINE void add_parts(hn::Vec<Bytes8> high, std::uint16_t* sums) {
  const auto even = hn::And(hn::BitCast(Words(), high), hn::Set(Words(), 0xff));
  const auto odd = hn::ShiftRight<8>(hn::BitCast(Words(), high));
  HWY_ALIGN std::uint16_t parts[lanes];
  hn::Store(even, Words(), parts);
  hn::Store(odd, Words(), parts + lanes / 2);
  for (std::size_t p = 0; p < 2; ++p) {
    auto total = hn::Load(FourWords(), parts + p * lanes / 2);
    for (std::size_t at = 8; at < lanes / 2; at += 8) {
      total = hn::Add(total, hn::Load(FourWords(), parts + p * lanes / 2 + at));
    }
    hn::Store(total, FourWords(), sums + 8 * p);
  }
}

/// For each code, the sum of what the query holds where its bits are set.
HWY_INLINE void sums_of_set(const std::byte* table, const std::byte* block, std::size_t pieces,
                            std::int32_t* sums) {
  const auto* codes = reinterpret_cast<const std::uint8_t*>(block);
  const auto* low_table = reinterpret_cast<const std::uint8_t*>(table);
  const auto* high_table = low_table + pieces * piece_bytes;
  const auto half = hn::Set(Bytes8(), 15);
  const auto low_byte = hn::Set(Words(), 0xff);
  std::fill_n(sums, block_codes, 0);
  // After so many vectors the low sums of all parts of a vector still fit into 16 bits together,
  // and each high one into 8.
  constexpr std::size_t most = 64 * lanes;
  for (std::size_t first = 0; first < pieces * piece_bytes; first += most) {
    auto low_even_0 = hn::Zero(Words());
    auto low_odd_0 = hn::Zero(Words());
    auto low_even_1 = hn::Zero(Words());
    auto low_odd_1 = hn::Zero(Words());
    auto high_0 = hn::Zero(Bytes8());
    auto high_1 = hn::Zero(Bytes8());
    const std::size_t last = std::min(first + most, pieces * piece_bytes);
    for (std::size_t at = first; at < last; at += lanes) {
      const auto both = hn::LoadU(Bytes8(), codes + at);
      const auto low = hn::LoadU(Bytes8(), low_table + at);
      const auto high = hn::LoadU(Bytes8(), high_table + at);
      const auto piece_0 = hn::And(both, half);
      const auto piece_1 = hn::ShiftRight<4>(both);
      const auto sum_0 = hn::BitCast(Words(), hn::TableLookupBytes(low, piece_0));
      const auto sum_1 = hn::BitCast(Words(), hn::TableLookupBytes(low, piece_1));
      low_even_0 = hn::Add(low_even_0, hn::And(sum_0, low_byte));
      low_odd_0 = hn::Add(low_odd_0, hn::ShiftRight<8>(sum_0));
      low_even_1 = hn::Add(low_even_1, hn::And(sum_1, low_byte));
      low_odd_1 = hn::Add(low_odd_1, hn::ShiftRight<8>(sum_1));
      high_0 = hn::Add(high_0, hn::TableLookupBytes(high, piece_0));
      high_1 = hn::Add(high_1, hn::TableLookupBytes(high, piece_1));
    }
    HWY_ALIGN std::uint16_t high[block_codes];
    add_parts(high_0, high);
    add_parts(high_1, high + 16);
    flush(low_even_0, high, sums);
    flush(low_odd_0, high + 8, sums + 8);
    flush(low_even_1, high + 16, sums + 16);
    flush(low_odd_1, high + 24, sums + 24);
  }
}

#endif

void compare_block(const std::byte* table, const std::byte* block, std::size_t dimension,
                   float* distances) {
  const std::size_t pieces = pieces_of(dimension);
  HWY_ALIGN std::int32_t sums[block_codes];
  sums_of_set(table, block, pieces, sums);
  const std::byte* behind = table + 2 * pieces * piece_bytes;
  const auto sum_of_k = take_number<std::int32_t>(behind);
  const auto bias = take_number<float>(behind + 4);
  const auto scale = take_number<float>(behind + 8);
  const auto* set = reinterpret_cast<const std::int32_t*>(block + pieces * piece_bytes);
  const auto* biases = reinterpret_cast<const float*>(set + block_codes);
  const float* scales = biases + block_codes;
  using Floats = hn::CappedTag<float, 16>;
  using Whole = hn::RebindToSigned<Floats>;
  for (std::size_t i = 0; i < block_codes; i += hn::Lanes(Floats())) {
    const auto others = hn::ShiftLeft<7>(hn::Load(Whole(), set + i));
    const auto twice = hn::ShiftLeft<1>(hn::Sub(hn::Load(Whole(), sums + i), others));
    const auto dot = hn::ConvertTo(Floats(), hn::Sub(twice, hn::Set(Whole(), sum_of_k)));
    const auto product =
        hn::Mul(hn::Set(Floats(), scale), hn::Mul(hn::Load(Floats(), scales + i), dot));
    const auto sum = hn::Add(hn::Set(Floats(), bias), hn::Load(Floats(), biases + i));
    hn::StoreU(hn::Sub(sum, product), Floats(), distances + i);
  }
}

BlockForm::Kernel block_kernel() { return &compare_block; }

}  // namespace HWY_NAMESPACE
}  // namespace skerry::distance

HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace skerry::distance {

HWY_EXPORT(block_kernel);

namespace {

std::size_t block_bytes(std::size_t dimension) {
  return pieces_of(dimension) * piece_bytes +
         block_codes * (sizeof(std::int32_t) + 2 * sizeof(float));
}

void write_block(const std::byte* const* codes, std::size_t count, std::size_t dimension,
                 std::byte* block) {
  std::memset(block, 0, block_bytes(dimension));
  const std::size_t bytes = (dimension + 7) / 8;
  std::byte* behind = block + pieces_of(dimension) * piece_bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = i % 8 * 2 + i / 8 % 2;
    const unsigned shift = i < 16 ? 0 : 4;
    for (std::size_t at = 0; at < 2 * bytes; ++at) {
      const std::byte piece = (codes[i][at / 2] >> (at % 2 * 4)) & std::byte{15};
      block[at * piece_bytes + place] |= piece << shift;
    }
    for (std::size_t number = 0; number < 3; ++number) {
      std::memcpy(behind + (number * block_codes + i) * 4, codes[i] + bytes + number * 4, 4);
    }
  }
}

std::size_t table_bytes(std::size_t dimension) {
  return 2 * pieces_of(dimension) * piece_bytes + sizeof(std::int32_t) + 2 * sizeof(float);
}

void write_table(const std::byte* query, std::size_t dimension, std::byte* table) {
  const std::size_t pieces = pieces_of(dimension);
  for (std::size_t at = 0; at < pieces; ++at) {
    std::uint16_t held[4] = {};
    for (std::size_t i = 0; i < 4 && 4 * at + i < dimension; ++i) {
      held[i] = std::to_integer<std::uint16_t>(query[4 * at + i]);
    }
    for (unsigned piece = 0; piece < 16; ++piece) {
      unsigned sum = 0;
      for (unsigned i = 0; i < 4; ++i) sum += (piece >> i & 1U) * held[i];
      table[at * piece_bytes + piece] = static_cast<std::byte>(sum);
      table[(pieces + at) * piece_bytes + piece] = static_cast<std::byte>(sum >> 8);
    }
  }
  std::memcpy(table + 2 * pieces * piece_bytes, query + dimension, 12);
}

BlockForm::Kernel choose_kernel() { return HWY_DYNAMIC_DISPATCH(block_kernel)(); }

constexpr BlockForm form = {&block_bytes, &write_block, &table_bytes, &write_table, &choose_kernel};

}  // namespace

const BlockForm* rabitq_blocks() { return &form; }

}  // namespace skerry::distance
#endif
