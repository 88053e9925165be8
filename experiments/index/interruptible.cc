#include "experiments/index/interruptible.h"

#include <fmt/format.h>

#include <atomic>
#include <csignal>
#include <cstdio>

#include "base/error.h"
#include "experiments/progress_line.h"

namespace skerry::experiments {

namespace {

std::atomic<int> signal_seen{0};
std::atomic<bool> cancel{false};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void remember(int number) {
  signal_seen = number;
  cancel = true;
}

/// The handlers, which the first signal takes away again.
class Handlers {
 public:
  Handlers() {
    signal_seen = 0;
    cancel = false;
    struct sigaction action = {};
    action.sa_handler = remember;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, &old_interrupt_);
    ::sigaction(SIGTERM, &action, &old_terminate_);
  }

  ~Handlers() {
    ::sigaction(SIGINT, &old_interrupt_, nullptr);
    ::sigaction(SIGTERM, &old_terminate_, nullptr);
  }

  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

 private:
  struct sigaction old_interrupt_ = {};
  struct sigaction old_terminate_ = {};
};

}  // namespace

int interruptible(const std::function<void(const Progress& progress)>& work) {
  const Handlers handlers;
  ProgressLine line(false);
  const Progress progress{.report =
                              [&](std::string_view stage, std::size_t done, std::size_t total) {
                                line.show(fmt::format("{}: {} of {}", stage, done, total));
                              },
                          .cancel = &cancel};
  try {
    work(progress);
  } catch (const Error& error) {
    if (error.code() != Code::cancelled || signal_seen == 0) throw;
    line.clear();
    fmt::print(stderr, "skerry: error: interrupted; nothing was changed\n");
    return 128 + signal_seen;
  }
  return 0;
}

}  // namespace skerry::experiments
