#pragma once
// Numbered batches of records over two tables: what a child writes until it is killed, and what
// must then be there.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/random.h"
#include "kv/store.h"

namespace skerry::kv {

inline constexpr std::array<std::string_view, 2> batch_tables = {"one", "two"};

/// What a child says through its pipe, a message at a time.
struct BatchMessage {
  std::uint64_t batch;
  std::uint64_t committed;  ///< 0: a record was put; 1: commit() has returned
};

/// Records of a batch in each table, 1..20.
inline std::size_t batch_records(std::uint64_t batch) { return 1 + hash64(1, batch) % 20; }

inline std::array<std::byte, 16> batch_key(std::uint64_t batch, std::uint64_t record) {
  std::array<std::byte, 16> key;
  store_be64(key.data(), batch);
  store_be64(key.data() + 8, record);
  return key;
}

/// 0..2999 bytes that no other record has.
inline std::string batch_value(std::uint64_t table, std::uint64_t batch, std::uint64_t record) {
  const std::uint64_t seed = hash64(hash64(table, batch), record);
  return std::string(seed % 2980, static_cast<char>('a' + seed % 26)) + std::to_string(seed);
}

/// The durabilities that a kill must not undo, in turn.
inline Durability batch_durability(std::uint64_t batch) {
  constexpr std::array kept = {Durability::process, Durability::ordered, Durability::power};
  return kept[batch % kept.size()];
}

}  // namespace skerry::kv
