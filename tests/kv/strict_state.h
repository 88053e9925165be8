#pragma once
// What the parts of a strict store know of each other.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "kv/store.h"
#include "tests/kv/lent_values.h"
#include "tests/kv/lifetimes.h"

namespace skerry::kv {

/// What a strict store and everything made by it know in state.
struct StrictState {
  Parent parent{"a store"};
  ViewLife life = ViewLife::scope;
  std::shared_ptr<LentValues::Grave> grave = std::make_shared<LentValues::Grave>();
  std::mutex mutex;
  std::set<TableId> tables{};  // opened so far
  std::set<std::string, std::less<>> names{};
  std::thread::id writer{};   // who has a transaction or bulk load
  std::deque<char> owners{};  // of scopes; addresses that are not used twice

  std::set<TableId> known() {
    const std::lock_guard guard(mutex);
    return tables;
  }

  const void* new_owner() {
    const std::lock_guard guard(mutex);
    return &owners.emplace_back();
  }
};

/// While it is held, its thread is the writer.
class WriterMark {
 public:
  explicit WriterMark(StrictState& state) : state_(&state) { set(std::this_thread::get_id()); }

  ~WriterMark() { release(); }

  WriterMark(const WriterMark&) = delete;
  WriterMark& operator=(const WriterMark&) = delete;

  void release() noexcept {
    if (held_) set({});
    held_ = false;
  }

 private:
  void set(std::thread::id id) noexcept {
    const std::lock_guard guard(state_->mutex);
    state_->writer = id;
  }

  StrictState* state_;
  bool held_ = true;
};

/// What a Scope holds.
class StrictPins final : public Scope::Pins {
 public:
  explicit StrictPins(StrictState& state) : values(std::make_shared<LentValues>(state.grave)) {}

  void reset() noexcept override { values->spoil(); }

  const std::shared_ptr<LentValues> values;
  const Home home{"a scope"};
};

/// What a snapshot or transaction lends, and what its cursors watch.
class StrictSource {
 public:
  explicit StrictSource(StrictState& state)
      : state_(&state), owner_(state.new_owner()), values_(state.grave) {}

  ~StrictSource() { spoil(); }

  LentValues& values(Scope& scope, ViewLife life) {
    if (life == ViewLife::snapshot) return values_;
    auto& pins = static_cast<StrictPins&>(scope.pins(owner_, [this] {
      auto made = std::make_unique<StrictPins>(*state_);
      lends(made->values);
      return made;
    }));
    pins.home.check();
    return *pins.values;
  }

  /// What somebody else holds and ends with this source, or with its next change.
  void lends(const std::shared_ptr<LentValues>& values) {
    const std::lock_guard guard(mutex_);
    lent_.push_back(values);
  }

  void spoil() noexcept {
    values_.spoil();
    const std::lock_guard guard(mutex_);
    for (const auto& weak : lent_) {
      if (const auto values = weak.lock()) values->spoil();
    }
  }

  Parent parent{"a snapshot"};  // of cursors
  std::uint64_t changes = 0;

 private:
  StrictState* state_;
  const void* owner_;
  LentValues values_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<LentValues>> lent_;
};

}  // namespace skerry::kv
