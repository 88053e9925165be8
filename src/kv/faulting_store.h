#pragma once
// A decorator that fails when it is told to, to see that errors reach the caller and that nothing
// half-done becomes visible.

#include <cstdint>
#include <memory>

#include "base/error.h"
#include "kv/store.h"

namespace skerry::kv {

/// The calls that can be made to fail.
enum class Call : std::uint8_t {
  table,
  snapshot,
  begin,
  bulk,
  get,
  multi_get,
  step,   ///< seek, seek_prefix and next of a cursor
  put,    ///< put, reserve and append
  erase,  ///< erase and erase_range
  commit,
  add,  ///< of a bulk load
  publish,
  sync,
};

/// Which calls fail, and how. Calls are counted from the moment that the fault was set.
struct Fault {
  Code code = Code::io;
  std::uint64_t nth = 0;     ///< this call, 1 being the next; 0: none
  std::uint64_t one_in = 0;  ///< one call in so many, picked by `seed`; 0: none
  std::uint64_t seed = 0;
};

/// Forwards every call to another store, except for those that fail: they do not reach it. A failed
/// commit aborts the transaction, a failed publish drops the bulk load. Keeps the contract of
/// kv/store.h: a failed read gives null views, and a failed change dooms its transaction.
///
/// Faults are set while no other thread uses the store; calls may come from many.
class FaultingStore : public Store {
 public:
  /// Replaces the fault of this kind of call. Throws invalid_argument for the codes ok and
  /// not_found, which are no failures.
  virtual void fail(Call call, const Fault& fault) = 0;

  /// No call fails from now on.
  virtual void heal() = 0;

  /// How many calls were made to fail so far.
  virtual std::uint64_t failed() const = 0;
};

/// `inner` must outlive the decorator and everything made by it.
std::unique_ptr<FaultingStore> with_faults(Store& inner);

}  // namespace skerry::kv
