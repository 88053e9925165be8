#include "experiments/interrupt.h"

namespace skerry::experiments {

namespace {

volatile std::sig_atomic_t last_signal = 0;
volatile std::sig_atomic_t signals = 0;

void remember(int signal) {
  last_signal = signal;
  signals = signals + 1;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  last_signal = 0;
  signals = 0;
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  sigprocmask(SIG_BLOCK, &both, &before_);

  struct sigaction action {};

  action.sa_handler = remember;
  sigaction(SIGINT, &action, &old_interrupt_);
  sigaction(SIGTERM, &action, &old_terminate_);
}

InterruptGuard::~InterruptGuard() { restore(); }

void InterruptGuard::restore() const noexcept {
  // Unblocked while our handler still stands: a signal that came last is remembered, and does not
  // meet the old action, which may be to die before anything is tidied up.
  sigprocmask(SIG_SETMASK, &before_, nullptr);
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

int interrupted() noexcept {
  if (last_signal != 0) return last_signal;
  sigset_t pending;
  sigpending(&pending);
  if (sigismember(&pending, SIGINT) == 1) return SIGINT;
  if (sigismember(&pending, SIGTERM) == 1) return SIGTERM;
  return 0;
}

int interrupts() noexcept {
  const int handled = signals;
  return handled > 0 ? handled : (interrupted() != 0 ? 1 : 0);
}

}  // namespace skerry::experiments
