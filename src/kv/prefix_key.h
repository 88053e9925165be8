#pragma once
// Numbers and keys of tables that share one: an index's prefix, big-endian, before each of its
// keys.

#include <array>
#include <cstdint>
#include <cstring>

#include "kv/store.h"

namespace skerry::kv {

/// Of an index, in 1..last_prefix. The one after the last stays free, so that the keys of each
/// prefix end before a key of two bytes.
using Prefix = std::uint16_t;

inline constexpr Prefix no_prefix = 0;  ///< of a table that is not shared
inline constexpr Prefix last_prefix = 0xfffe;

using PrefixBytes = std::array<std::byte, 2>;

inline constexpr std::size_t longest_prefixed_key = max_key_size - sizeof(PrefixBytes);

inline PrefixBytes to_bytes(Prefix prefix) noexcept {
  return {static_cast<std::byte>(prefix >> 8), static_cast<std::byte>(prefix & 0xff)};
}

/// A table's number holds all that a call needs to know, so that no call looks anything up: the
/// prefix and, below 2^16, the number of the table that holds the records.
inline TableId shared_table(TableId below, Prefix prefix) noexcept {
  return static_cast<TableId>(std::uint32_t{prefix} << 16 | static_cast<std::uint32_t>(below));
}

inline TableId table_below(TableId table) noexcept {
  return static_cast<TableId>(static_cast<std::uint32_t>(table) & 0xffff);
}

inline Prefix prefix_of(TableId table) noexcept {
  return static_cast<Prefix>(static_cast<std::uint32_t>(table) >> 16);
}

inline bool legal_prefixed_key(Key key) noexcept {
  return !key.empty() && key.size() <= longest_prefixed_key;
}

/// A key as the store below knows it. One that is too short or too long becomes an empty one, which
/// that store refuses with the right code. Holds `key` by reference where there is no prefix.
class PrefixedKey {
 public:
  PrefixedKey(TableId table, Key key) noexcept {
    const Prefix prefix = prefix_of(table);
    if (prefix == no_prefix) {
      bytes_ = key;
    } else if (legal_prefixed_key(key)) {
      const PrefixBytes head = to_bytes(prefix);
      std::memcpy(buffer_.data(), head.data(), head.size());
      std::memcpy(buffer_.data() + head.size(), key.data(), key.size());
      bytes_ = {buffer_.data(), head.size() + key.size()};
    }
  }

  PrefixedKey(const PrefixedKey&) = delete;
  PrefixedKey& operator=(const PrefixedKey&) = delete;

  Key bytes() const noexcept { return bytes_; }

 private:
  std::array<std::byte, max_key_size> buffer_;
  Key bytes_;
};

}  // namespace skerry::kv
