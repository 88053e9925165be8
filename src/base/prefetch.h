#pragma once
// Asking for memory ahead of its use.

#include <cstddef>

namespace skerry {

/// Of a row of so many bytes, those to ask for before several rows are read: all of a short one.
/// Of a long one the first line, since the processor's own prefetcher follows it once it is read.
constexpr std::size_t asked_of_row(std::size_t row_bytes) noexcept {
  constexpr std::size_t short_row = 512;
  return row_bytes <= short_row ? row_bytes : 1;
}

/// Asks for the cache lines of `bytes` bytes. Null is fine: an address is not read.
inline void ask_for(const void* from, std::size_t bytes) noexcept {
  constexpr std::size_t cache_line = 64;
  const auto* begin = static_cast<const char*>(from);
  for (std::size_t at = 0; at < bytes; at += cache_line) __builtin_prefetch(begin + at);
}

}  // namespace skerry
