#include "experiments/formats/scalar.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/bytes.h"

namespace skerry::experiments {

namespace {

struct Half {
  std::uint16_t bits;

  explicit operator float() const noexcept {
    const std::uint32_t sign = (bits & 0x8000U) << 16;
    const std::uint32_t exponent = (bits >> 10) & 31;
    const std::uint32_t fraction = bits & 1023;
    if (exponent == 0)
      return std::copysign(static_cast<float>(fraction) * 0x1p-24F, sign ? -1.F : 1.F);
    const std::uint32_t wide = exponent == 31 ? 255 : exponent + 112;
    return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
  }

  explicit operator double() const noexcept { return static_cast<float>(*this); }
};

struct Boolean {
  std::uint8_t byte;

  explicit operator float() const noexcept { return byte != 0 ? 1 : 0; }

  explicit operator double() const noexcept { return byte != 0 ? 1 : 0; }
};

/// Calls `body` with a null pointer to the C++ type of `scalar`.
template <class Body>
auto with_type(Scalar scalar, Body&& body) {
  switch (scalar) {
    case Scalar::boolean: return body(static_cast<Boolean*>(nullptr));
    case Scalar::u8: return body(static_cast<std::uint8_t*>(nullptr));
    case Scalar::i8: return body(static_cast<std::int8_t*>(nullptr));
    case Scalar::u16: return body(static_cast<std::uint16_t*>(nullptr));
    case Scalar::i16: return body(static_cast<std::int16_t*>(nullptr));
    case Scalar::u32: return body(static_cast<std::uint32_t*>(nullptr));
    case Scalar::i32: return body(static_cast<std::int32_t*>(nullptr));
    case Scalar::u64: return body(static_cast<std::uint64_t*>(nullptr));
    case Scalar::i64: return body(static_cast<std::int64_t*>(nullptr));
    case Scalar::f16: return body(static_cast<Half*>(nullptr));
    case Scalar::f32: return body(static_cast<float*>(nullptr));
    case Scalar::f64: break;
  }
  return body(static_cast<double*>(nullptr));
}

template <class To, class From>
bool convert_value(From value, To& out) noexcept {
  if constexpr (std::is_same_v<To, float>) {
    out = static_cast<float>(value);
    return true;
  } else if constexpr (std::is_integral_v<From>) {
    out = static_cast<To>(value);
    return std::in_range<To>(value);
  } else {
    // 2^digits is exact in f64, where the largest i64 is not.
    const auto x = static_cast<double>(value);
    const double end = std::ldexp(1.0, std::numeric_limits<To>::digits);
    const double begin = std::is_signed_v<To> ? -end : 0;
    if (!(x >= begin && x < end) || x != std::trunc(x)) return false;
    out = static_cast<To>(x);
    return true;
  }
}

template <class To>
std::size_t convert_all(Scalar from, const std::byte* in, std::size_t count, std::byte* out) {
  return with_type(from, [=]<class From>(From*) {
    for (std::size_t i = 0; i < count; ++i) {
      To value{};
      if (!convert_value(load<From>(in + i * sizeof(From)), value)) return i;
      store(out + i * sizeof(To), value);
    }
    return count;
  });
}

}  // namespace

std::size_t size_of(Scalar scalar) noexcept {
  return with_type(scalar, []<class T>(T*) { return sizeof(T); });
}

std::string_view name(Scalar scalar) noexcept {
  constexpr std::string_view names[] = {"bool", "u8",  "i8",  "u16", "i16", "u32",
                                        "i32",  "u64", "i64", "f16", "f32", "f64"};
  return names[static_cast<std::size_t>(scalar)];
}

bool is_integer(Scalar scalar) noexcept { return scalar >= Scalar::u8 && scalar <= Scalar::i64; }

std::size_t convert(Scalar from, const std::byte* in, std::size_t count, Scalar to,
                    std::byte* out) {
  if (from == to) {
    std::memcpy(out, in, count * size_of(from));
    return count;
  }
  switch (to) {
    case Scalar::u8: return convert_all<std::uint8_t>(from, in, count, out);
    case Scalar::i8: return convert_all<std::int8_t>(from, in, count, out);
    case Scalar::i32: return convert_all<std::int32_t>(from, in, count, out);
    case Scalar::i64: return convert_all<std::int64_t>(from, in, count, out);
    default: return convert_all<float>(from, in, count, out);
  }
}

std::size_t pack_bits(Scalar from, const std::byte* in, std::size_t count, std::byte* out) {
  std::fill_n(out, (count + 7) / 8, std::byte{0});
  return with_type(from, [=]<class From>(From*) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = static_cast<double>(load<From>(in + i * sizeof(From)));
      if (value != 0 && value != 1) return i;
      out[i / 8] |= static_cast<std::byte>(static_cast<unsigned>(value) << (i % 8));
    }
    return count;
  });
}

double value_at(Scalar scalar, const std::byte* in, std::size_t index) noexcept {
  return with_type(
      scalar, [=]<class T>(T*) { return static_cast<double>(load<T>(in + index * sizeof(T))); });
}

}  // namespace skerry::experiments
