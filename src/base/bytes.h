#pragma once
// Byte spans and fixed-width integers in them. Keys are big-endian (their byte order is their
// numeric order), records little-endian. No alignment is ever assumed.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace skerry {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads an unaligned value of a trivially copyable type in the machine's own byte order.
template <class T>
T load(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

template <class T>
void store(std::byte* to, const T& value) noexcept {
  std::memcpy(to, &value, sizeof(T));
}

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "records are written as the machine lays them out: little-endian machines only");

inline void store_be32(std::byte* to, std::uint32_t value) noexcept {
  store(to, __builtin_bswap32(value));
}

inline std::uint32_t load_be32(const std::byte* from) noexcept {
  return __builtin_bswap32(load<std::uint32_t>(from));
}

inline void store_be64(std::byte* to, std::uint64_t value) noexcept {
  store(to, __builtin_bswap64(value));
}

inline std::uint64_t load_be64(const std::byte* from) noexcept {
  return __builtin_bswap64(load<std::uint64_t>(from));
}

/// Lower-case hexadecimal, for keys in messages.
std::string to_hex(Bytes bytes);

}  // namespace skerry
