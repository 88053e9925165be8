#pragma once
// Checks that every store makes in the same way.

#include <cstring>
#include <string_view>

#include "kv/store.h"

namespace skerry::kv {

inline constexpr std::size_t max_value_size = 0xffffffffU;

/// Whether `name` has 1..200 characters of [A-Za-z0-9._-].
bool legal_table_name(std::string_view name) noexcept;

/// Throws Error{invalid_argument} unless it has.
void check_table_name(std::string_view name);

inline bool legal_key(Key key) noexcept { return !key.empty() && key.size() <= max_key_size; }

inline bool key_less(Key a, Key b) noexcept {
  const std::size_t common = a.size() < b.size() ? a.size() : b.size();
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  return order < 0 || (order == 0 && a.size() < b.size());
}

inline bool starts_with(Key key, Key prefix) noexcept {
  return key.size() >= prefix.size() &&
         (prefix.empty() || std::memcmp(key.data(), prefix.data(), prefix.size()) == 0);
}

}  // namespace skerry::kv
