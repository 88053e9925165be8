#include "experiments/formats/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/error.h"

namespace skerry::experiments {

namespace {

Error cannot_start(int reason) {
  return {Code::io,
          fmt::format("cannot start a process: {}", std::generic_category().message(reason))};
}

[[noreturn]] void run_child(const std::function<void(const Channel&)>& body, int descriptor,
                            pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before the line above
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // What the parent does about signals is not ours: damage must end us at once.
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU}) {
    ::signal(signal, SIG_DFL);
  }
  const int nowhere = ::open("/dev/null", O_WRONLY);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  try {
    const Channel channel(descriptor);
    body(channel);
  } catch (...) {
    ::_exit(1);  // nothing of the parent's may be unwound or flushed here
  }
  ::_exit(0);
}

}  // namespace

struct WorkerProcess::Started {
  pid_t process;
  int descriptor;

  explicit Started(const std::function<void(const Channel&)>& body) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw cannot_start(errno);
    }
    const pid_t parent = ::getpid();
    process = ::fork();
    const int reason = errno;
    if (process == 0) {
      ::close(ends[0]);
      run_child(body, ends[1], parent);
    }
    ::close(ends[1]);
    descriptor = ends[0];
    if (process > 0) return;
    ::close(ends[0]);
    throw cannot_start(reason);
  }
};

WorkerProcess::WorkerProcess(const std::function<void(const Channel&)>& body)
    : WorkerProcess(Started(body)) {}

WorkerProcess::WorkerProcess(Started started)
    : process_(started.process), channel_(started.descriptor) {}

WorkerProcess::~WorkerProcess() {
  ::kill(process_, SIGKILL);  // it has nothing to lose
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Channel::~Channel() { ::close(descriptor_); }

bool Channel::send(Bytes bytes) const noexcept {
  while (!bytes.empty()) {
    const ssize_t put = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

bool Channel::receive(std::byte* out, std::size_t count) const noexcept {
  while (count > 0) {
    const ssize_t got = ::recv(descriptor_, out, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    out += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

void allow_seconds(unsigned seconds) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  rlimit limit{};
  ::getrlimit(RLIMIT_CPU, &limit);
  // The limit counts whole seconds of both kinds of time; one more makes up for the fractions.
  limit.rlim_cur = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + seconds + 1;
  ::setrlimit(RLIMIT_CPU, &limit);
}

void allow_memory(std::size_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = limit.rlim_max;
  unsigned long pages = 0;
  if (bytes > 0) {
    std::FILE* const statistics = std::fopen("/proc/self/statm", "r");
    if (statistics == nullptr) return;  // no figure to count from: no limit
    const bool known = std::fscanf(statistics, "%lu", &pages) == 1;
    std::fclose(statistics);
    if (!known) return;
    limit.rlim_cur =
        static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + bytes;
  }
  ::setrlimit(RLIMIT_AS, &limit);
}

}  // namespace skerry::experiments
