#pragma once
// SIGINT and SIGTERM as something that a long command can ask about.

#include <csignal>

namespace skerry::experiments {

/// While one lives, the two signals do not end the process; their number is remembered. They are
/// blocked but inside ppoll() with `unblocked()`, so that none slips in between a look and a wait.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// The signals that were unblocked before.
  const sigset_t& unblocked() const noexcept { return before_; }

  /// For a forked child: the signals end it again.
  void restore() const noexcept;

 private:
  sigset_t before_;
  struct sigaction old_interrupt_;
  struct sigaction old_terminate_;
};

/// The last of the two signals that came since the guard was made, or 0. Looks for pending ones.
int interrupted() noexcept;

/// How many of them came.
int interrupts() noexcept;

}  // namespace skerry::experiments
