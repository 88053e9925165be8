#pragma once
// One writer at a time within a process.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/error.h"

namespace skerry::kv {

/// Held by the live Transaction or Bulk of a store. A thread that holds it and asks again would
/// wait for itself: it gets Error{busy} instead. May be released by another thread than took it.
class WriterLock {
 public:
  class Hold {
   public:
    explicit Hold(WriterLock& lock) : lock_(&lock) { lock.acquire(); }

    ~Hold() { release(); }

    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    void release() noexcept {
      if (lock_ == nullptr) return;
      lock_->give_back();
      lock_ = nullptr;
    }

   private:
    WriterLock* lock_;
  };

 private:
  void acquire() {
    std::unique_lock guard(mutex_);
    if (held_ && owner_ == std::this_thread::get_id()) {
      throw Error(Code::busy, "this thread has a transaction or bulk load open already");
    }
    freed_.wait(guard, [this] { return !held_; });
    held_ = true;
    owner_ = std::this_thread::get_id();
  }

  void give_back() noexcept {
    {
      const std::lock_guard guard(mutex_);
      held_ = false;
    }
    freed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable freed_;
  bool held_ = false;
  std::thread::id owner_;
};

}  // namespace skerry::kv
