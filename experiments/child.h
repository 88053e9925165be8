#pragma once
// Work in a process of its own, so that a crash, a leak or the kernel's out-of-memory killer costs
// one result and not the run, and peak memory belongs to one piece of work.

#include <cstdint>
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

struct ChildEnd {
  std::string failure;   ///< empty: the work returned; else why not, for people
  Code code = Code::ok;  ///< of the skerry::Error that the work threw; io for any other failure
  std::uint64_t peak_rss_bytes = 0;

  bool ok() const noexcept { return failure.empty(); }
};

/// Forks (without exec), runs `work` in the child and calls `receive` here for each message, in
/// order. When an interrupt comes the child is killed and its end returned. The child also dies
/// when this process does. The caller must have one thread only. Throws Error{io} when the system
/// has no process or pipe to give; what `receive` throws passes after the child was killed.
ChildEnd run_child(const InterruptGuard& guard, const std::function<void(const Messages&)>& work,
                   const std::function<void(std::string_view)>& receive);

}  // namespace skerry::experiments
