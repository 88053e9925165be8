#pragma once
// One way to reach an engine: through kv/store.h, or by the engine's own calls. Each function works
// on many keys, so that calling it costs nothing that could be mistaken for either way's cost.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "kv/store.h"

namespace skerry::benchmarks {

/// An open store with one table. Functions return the bytes of all values that they met, which must
/// be equal for two sides, and throw on any failure; every key that is asked for must be there.
class Side {
 public:
  virtual ~Side() = default;

  /// Opens what reads need: a snapshot of what is committed now. Ends the one before.
  virtual void begin_reading() = 0;
  virtual void end_reading() = 0;

  /// One get for each key; each value is let go before the next.
  virtual std::uint64_t get(std::span<const kv::Key> keys) = 0;

  /// One call for `hop` keys at a time (at most 32); their values are let go before the next call.
  virtual std::uint64_t multi_get(std::span<const kv::Key> keys, std::size_t hop) = 0;

  /// A new cursor that visits `records` records from `from` on and looks at a byte of each value,
  /// added to the sum.
  virtual std::uint64_t scan(kv::Key from, std::size_t records) = 0;

  /// One transaction for each key, that puts `value` and commits it with Durability::process: no
  /// waiting for a device drowns the cost of the calls.
  virtual std::uint64_t put(std::span<const kv::Key> keys, Bytes value) = 0;

  /// One bulk load of all keys, which ascend, into the empty table, made visible at once.
  virtual std::uint64_t load(std::span<const kv::Key> keys, Bytes value) = 0;
};

inline constexpr std::size_t max_hop = 32;

/// `options` are the same for both ways; `kind` is "lmdb" or "rocksdb".
std::unique_ptr<Side> open_through_interface(std::string_view kind,
                                             const kv::StoreOptions& options);
std::unique_ptr<Side> open_lmdb_side(const kv::StoreOptions& options);
std::unique_ptr<Side> open_rocksdb_side(const kv::StoreOptions& options);

}  // namespace skerry::benchmarks
