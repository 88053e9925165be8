#pragma once
// Code that may crash, loop or eat memory on damaged input, in a process of its own.

#include <sys/types.h>

#include <cstddef>
#include <functional>

#include "base/bytes.h"

namespace skerry::experiments {

/// One end of a pair of connected sockets. Both calls return false when the other end is gone.
class Channel {
 public:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}

  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] bool send(Bytes bytes) const noexcept;
  [[nodiscard]] bool receive(std::byte* out, std::size_t count) const noexcept;

  template <class T>
  [[nodiscard]] bool send_value(const T& value) const noexcept {
    return send({reinterpret_cast<const std::byte*>(&value), sizeof(T)});
  }

  template <class T>
  [[nodiscard]] bool receive_value(T& value) const noexcept {
    return receive(reinterpret_cast<std::byte*>(&value), sizeof(T));
  }

 private:
  int descriptor_;
};

/// A child process that runs `body` and ends. What it does to itself stays there: its messages on
/// stderr are dropped, and it dies with this object or its parent.
class WorkerProcess {
 public:
  /// Forks. Throws Error{io} when there can be no process.
  explicit WorkerProcess(const std::function<void(const Channel&)>& body);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// To the body's end of it.
  const Channel& channel() const noexcept { return channel_; }

 private:
  struct Started;
  explicit WorkerProcess(Started started);

  pid_t process_;
  Channel channel_;
};

/// For the body: from now on the process may use `seconds` of processor time, or is killed.
void allow_seconds(unsigned seconds);

/// For the body: from now on the process may map `bytes` more of memory; 0 lifts the limit.
void allow_memory(std::size_t bytes);

}  // namespace skerry::experiments
