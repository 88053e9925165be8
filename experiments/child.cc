#include "experiments/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <new>
#include <system_error>

namespace skerry::experiments {

namespace {

// The first character of a line tells messages of the work from its last words.
constexpr char message_mark = 'm';
constexpr char failure_mark = 'f';

Error system_error(const char* what) {
  return {Code::io, fmt::format("{}: {}", what, std::generic_category().message(errno))};
}

void write_all(int pipe, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(pipe, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) ::_exit(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void send_line(int pipe, char mark, std::string line) {
  line.insert(line.begin(), mark);
  for (char& c : line) {
    if (c == '\n') c = ' ';
  }
  line += '\n';
  write_all(pipe, line);
}

void send_failure(int pipe, Code code, std::string_view text) {
  send_line(pipe, failure_mark,
            static_cast<char>('0' + static_cast<int>(code)) + std::string(text));
}

[[noreturn]] void live(int pipe, const std::function<void(const Messages&)>& work) {
  int status = 1;
  try {
    work(Messages(pipe));
    status = 0;
  } catch (const Error& error) {
    send_failure(pipe, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    send_failure(pipe, Code::io, "out of memory");
  } catch (const std::exception& error) {
    send_failure(pipe, Code::io, error.what());
  }
  // Neither destructors of the parent's objects nor its unwritten output may run here.
  ::_exit(status);
}

std::string describe(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return fmt::format("killed by signal {} ({}){}", signal, ::strsignal(signal),
                       signal == SIGKILL ? "; the system may have run out of memory" : "");
  }
  if (WEXITSTATUS(status) != 0) return fmt::format("ended with status {}", WEXITSTATUS(status));
  return "";
}

timespec seconds(double count) {
  const auto whole = static_cast<std::time_t>(count);
  return {whole, static_cast<long>((count - static_cast<double>(whole)) * 1e9)};
}

void redirect_errors(const std::filesystem::path& log) {
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return;  // then they go where the parent's do
  ::dup2(file, STDERR_FILENO);
  ::close(file);
}

/// Owns the running child: kills it unless it was waited for.
class Child {
 public:
  Child(pid_t pid, int pipe) : pid_(pid), pipe_(pipe) {}

  ~Child() {
    ::close(pipe_);
    if (pid_ > 0) {
      kill();
      int status = 0;
      while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
      }
    }
  }

  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pipe() const { return pipe_; }

  void kill() const { ::kill(pid_, SIGKILL); }

  int wait(rusage& usage) {
    int status = 0;
    while (::wait4(pid_, &status, 0, &usage) < 0) {
      if (errno != EINTR) throw system_error("cannot wait for a child process");
    }
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_;
  int pipe_;
};

}  // namespace

void Messages::send(std::string_view text) const {
  send_line(pipe_, message_mark, std::string(text));
}

ChildEnd run_child(const InterruptGuard& guard, const std::function<void(const Messages&)>& work,
                   const std::function<void(std::string_view)>& receive,
                   const ChildOptions& options) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw system_error("cannot make a pipe");
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    const Error error = system_error("cannot start a child process");
    ::close(ends[0]);
    ::close(ends[1]);
    throw error;
  }
  if (pid == 0) {
    guard.restore();
    if (options.may_stop) ::signal(SIGINT, SIG_IGN);  // the terminal sends it to both
    ::close(ends[0]);
    if (!options.log.empty()) redirect_errors(options.log);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);  // it died before it could be asked for
    live(ends[1], work);
  }
  ::close(ends[1]);
  Child child(pid, ends[0]);

  ChildEnd end;
  std::string unread;
  std::array<char, 1 << 16> buffer;
  bool killed = false;
  bool silent = false;
  const auto kill_once = [&] {
    if (!killed) child.kill();
    killed = true;
  };
  const auto silence = seconds(options.silence_seconds);
  while (true) {
    if (interrupted() != 0 && (!options.may_stop || interrupts() > 1)) kill_once();
    pollfd waiting{child.pipe(), POLLIN, 0};
    const int ready =
        ::ppoll(&waiting, 1, options.silence_seconds > 0 ? &silence : nullptr, &guard.unblocked());
    if (ready < 0) {
      if (errno == EINTR) continue;
      throw system_error("cannot wait for a child process");
    }
    if (ready == 0) {
      silent = !killed;
      kill_once();
      continue;
    }
    const ssize_t size = ::read(child.pipe(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw system_error("cannot read from a child process");
    if (size == 0) break;
    unread.append(buffer.data(), static_cast<std::size_t>(size));
    std::size_t begin = 0;
    for (std::size_t stop = 0; (stop = unread.find('\n', begin)) != std::string::npos;
         begin = stop + 1) {
      const std::string_view line(unread.data() + begin + 1, stop - begin - 1);
      if (unread[begin] == failure_mark) {
        end.code = static_cast<Code>(line.front() - '0');
        end.failure = line.substr(1);
      } else {
        receive(line);
      }
    }
    unread.erase(0, begin);
    if (interrupted() != 0 && options.may_stop && options.may_stop()) kill_once();
  }
  rusage usage{};
  const int status = child.wait(usage);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (silent) {
    end.failure = fmt::format("timed out: no news for {} s", options.silence_seconds);
    end.code = Code::io;
  }
  if (end.failure.empty()) {
    end.failure = describe(status);
    if (!end.ok()) end.code = Code::io;
  }
  end.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  return end;
}

}  // namespace skerry::experiments
