#pragma once
// A decorator that counts what passes through a store.

#include <cstdint>
#include <memory>

#include "kv/store.h"

namespace skerry::kv {

/// Sums since the last reset. A multi_get of n keys counts n gets and one multi_get.
struct Counts {
  std::uint64_t gets = 0;
  std::uint64_t multi_gets = 0;
  std::uint64_t bytes_read = 0;  ///< of values returned by get, multi_get and cursors
  std::uint64_t cursor_steps = 0;
  std::uint64_t puts = 0;           ///< put, reserve, append and bulk add
  std::uint64_t bytes_written = 0;  ///< keys and values
  std::uint64_t erases = 0;
  std::uint64_t commits = 0;  ///< of transactions and bulk loads
};

/// Forwards every call to another store, and keeps its contract. Counts are exact with many
/// threads.
class CountingStore : public Store {
 public:
  virtual Counts counts() const = 0;
  virtual void reset() = 0;
};

/// `inner` must outlive the decorator and everything made by it.
std::unique_ptr<CountingStore> count(Store& inner);

}  // namespace skerry::kv
