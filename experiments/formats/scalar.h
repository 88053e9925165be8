#pragma once
// The number types that files hold, and their conversion.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace skerry::experiments {

/// Little-endian; `boolean` is one byte, zero or not; f16 is IEEE 754 binary16.
enum class Scalar : std::uint8_t { boolean, u8, i8, u16, i16, u32, i32, u64, i64, f16, f32, f64 };

/// Bytes of one value.
std::size_t size_of(Scalar scalar) noexcept;

/// "u8", "f32", ...
std::string_view name(Scalar scalar) noexcept;

bool is_integer(Scalar scalar) noexcept;

/// Converts `count` values and returns how many went well: `count`, or the index of the first that
/// has no equal in `to` (where it stops). Towards f32 every value goes well: it is rounded to
/// nearest, and becomes infinite above the range of f32. `to` is u8, i8, i32, i64 or f32, or equal
/// to `from`.
std::size_t convert(Scalar from, const std::byte* in, std::size_t count, Scalar to, std::byte* out);

/// Packs `count` values, each 0 or 1, little-endian into ceil(count / 8) bytes, spare bits zero.
/// Returns `count`, or the index of the first value that is neither.
std::size_t pack_bits(Scalar from, const std::byte* in, std::size_t count, std::byte* out);

/// One value for a message.
double value_at(Scalar scalar, const std::byte* in, std::size_t index) noexcept;

}  // namespace skerry::experiments
