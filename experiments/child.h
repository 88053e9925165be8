#pragma once
// Work in a process of its own, so that a crash, a leak or the kernel's out-of-memory killer costs
// one result and not the run, and peak memory belongs to one piece of work.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "experiments/interrupt.h"

namespace skerry::experiments {

/// The child's end of the pipe.
class Messages {
 public:
  explicit Messages(int pipe) : pipe_(pipe) {}

  /// Sends one message without line breaks. Ends the child when nobody reads any more.
  void send(std::string_view text) const;

 private:
  int pipe_;
};

struct ChildOptions {
  /// Longest time between two messages, in seconds; 0: any. A child that takes longer is killed.
  double silence_seconds = 0;
  /// Asked after each message once an interrupt came: whether all that is worth waiting for has
  /// arrived. Without it, and at a second interrupt, the child is killed at once.
  std::function<bool()> may_stop{};
  /// Where the child's standard error goes; inherited when empty.
  std::filesystem::path log{};
};

struct ChildEnd {
  std::string failure;   ///< empty: the work returned; else why not, for people
  Code code = Code::ok;  ///< of the skerry::Error that the work threw; io for any other failure
  std::uint64_t peak_rss_bytes = 0;
  int signal = 0;  ///< that ended the child

  bool ok() const noexcept { return failure.empty(); }
};

/// Forks (without exec), runs `work` in the child and calls `receive` here for each message, in
/// order. When an interrupt comes the child is killed (but see ChildOptions) and its end returned.
/// The child also dies when this process does. The caller must have one thread only. Throws
/// Error{io} when the system has no process or pipe to give; what `receive` throws passes after the
/// child was killed.
ChildEnd run_child(const InterruptGuard& guard, const std::function<void(const Messages&)>& work,
                   const std::function<void(std::string_view)>& receive,
                   const ChildOptions& options = {});

}  // namespace skerry::experiments
