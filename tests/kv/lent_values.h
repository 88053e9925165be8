#pragma once
// Values that a strict store lends out, and spoils when the contract says that they are gone.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "kv/store.h"

namespace skerry::kv {

/// What a spoilt value reads as.
inline constexpr std::byte spoilt{0xdb};

/// Copies at odd addresses (no alignment is promised), each in an allocation of its own, so that a
/// sanitizer sees a read behind its end. Spoilt ones are kept until the store is gone: a read of
/// one is wrong in the same way every time, not undefined.
class LentValues {
 public:
  /// Where spoilt values lie.
  class Grave {
   public:
    void take(std::vector<std::vector<std::byte>>&& values) {
      const std::lock_guard guard(mutex_);
      for (auto& value : values) values_.push_back(std::move(value));
    }

   private:
    std::mutex mutex_;
    std::vector<std::vector<std::byte>> values_;
  };

  explicit LentValues(std::shared_ptr<Grave> grave) : grave_(std::move(grave)) {}

  ~LentValues() { spoil(); }

  LentValues(const LentValues&) = delete;
  LentValues& operator=(const LentValues&) = delete;

  /// Null stays null.
  View lend(View value) {
    if (!value) return {};
    const std::span<std::byte> copy = room(value.size);
    std::copy_n(value.data, value.size, copy.data());
    return {copy.data(), copy.size()};
  }

  std::span<std::byte> room(std::size_t size) {
    const std::lock_guard guard(mutex_);
    std::vector<std::byte>& value = values_.emplace_back(size + 1);
    return std::span(value).subspan(1);
  }

  void spoil() noexcept {
    const std::lock_guard guard(mutex_);
    for (std::vector<std::byte>& value : values_) std::fill(value.begin(), value.end(), spoilt);
    grave_->take(std::move(values_));
    values_.clear();
  }

 private:
  std::shared_ptr<Grave> grave_;
  std::mutex mutex_;
  std::vector<std::vector<std::byte>> values_;
};

}  // namespace skerry::kv
