#pragma once
// One way to reach an engine: through kv/store.h, or by the engine's own calls. Each function works
// on many keys, so that calling it costs nothing that could be mistaken for either way's cost.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "kv/store.h"

namespace skerry::benchmarks {

/// Functions return a sum over what they met, which must be equal for two sides, and throw on any
/// failure; every key that is asked for must be there.
class Side {
 public:
  virtual ~Side() = default;

  /// Opens what reads need, a snapshot of what is committed now, and ends the one before.
  virtual void begin_reading() = 0;
  virtual void end_reading() = 0;

  /// One get for each key; each value is let go before the next.
  virtual std::uint64_t get(std::span<const kv::Key> keys) = 0;

  /// One call for `hop` keys at a time (at most max_hop); their values are let go before the next.
  virtual std::uint64_t multi_get(std::span<const kv::Key> keys, std::size_t hop) = 0;

  /// A new cursor that visits `records` records from `from` on and looks at a byte of each value.
  virtual std::uint64_t scan(kv::Key from, std::size_t records) = 0;

  /// One transaction for each key, that puts `value` and commits it with Durability::process: no
  /// waiting for a device drowns the cost of the calls.
  virtual std::uint64_t put(std::span<const kv::Key> keys, Bytes value) = 0;

  /// One bulk load of all keys, which ascend, into an empty table, made visible at once.
  virtual std::uint64_t load(kv::TableId table, std::span<const kv::Key> keys, Bytes value) = 0;
};

inline constexpr std::size_t max_hop = 32;

/// Both ways into one open store: the same files, handles, cache and memory, so that nothing but
/// the calls differs. (Two equal stores differ by a tenth in where their cache came to lie.)
class Pair {
 public:
  virtual ~Pair() = default;

  virtual kv::TableId table(std::string_view name) = 0;
  virtual Side& raw() = 0;
  virtual Side& interface() = 0;
};

/// Reads and puts go to this table.
inline constexpr std::string_view main_table = "main";

std::unique_ptr<Pair> open_lmdb_pair(const kv::StoreOptions& options);
std::unique_ptr<Pair> open_rocksdb_pair(const kv::StoreOptions& options);

/// What a kv::Store makes.
struct Makers {
  std::function<std::unique_ptr<kv::Snapshot>()> snapshot;
  std::function<std::unique_ptr<kv::Transaction>()> begin;
  std::function<std::unique_ptr<kv::Bulk>(std::span<const kv::TableId>)> bulk;
};

/// The side of the interface: the same for all engines.
std::unique_ptr<Side> interface_side(Makers makers, kv::TableId table);

}  // namespace skerry::benchmarks
