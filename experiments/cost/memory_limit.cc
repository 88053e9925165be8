#include "experiments/cost/memory_limit.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/error.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "skerry-";

/// The directory of this process's memory group, and the name of the file that holds a limit.
struct Home {
  fs::path directory;
  std::string limit_file;
};

/// /proc/self/cgroup has lines `id:controllers:path`; version 2 is the one without controllers.
Home find_home() {
  std::ifstream file("/proc/self/cgroup");
  Home version2;
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (("," + controllers + ",").find(",memory,") != std::string::npos) {
      const fs::path root = "/sys/fs/cgroup/memory";
      // Inside a container the path may be that of the host: then the root is the group.
      const fs::path own = root / path.substr(1);
      return {fs::exists(own / "cgroup.procs") ? own : root, "memory.limit_in_bytes"};
    }
    if (controllers.empty()) version2 = {fs::path("/sys/fs/cgroup") / path.substr(1), "memory.max"};
  }
  return version2;
}

bool write_line(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  return file.good();
}

[[noreturn]] void refuse(std::string_view why) {
  throw Error(Code::unsupported, fmt::format("memory cannot be limited here: {}", why));
}

/// Groups of processes that ended without removing them.
void remove_orphans(const fs::path& home) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(home, ignored)) {
    const std::string name = entry.path().filename().string();
    int process = 0;
    if (!name.starts_with(prefix)) continue;
    const char* const digits = name.data() + prefix.size();
    if (std::from_chars(digits, name.data() + name.size(), process).ec != std::errc()) continue;
    if (::kill(process, 0) != 0 && errno == ESRCH) ::rmdir(entry.path().c_str());
  }
}

}  // namespace

MemoryLimit::MemoryLimit(std::uint64_t bytes) {
  const Home home = find_home();
  if (home.directory.empty()) refuse("the system has no memory control group for this process");
  home_ = home.directory;
  remove_orphans(home_);
  const std::string self = std::to_string(::getpid());
  const fs::path group = home_ / (std::string(prefix) + self);
  std::error_code failure;
  fs::create_directory(group, failure);
  if (failure)
    refuse(fmt::format("no group can be made in {}: {}", home_.string(), failure.message()));
  if (!write_line(group / home.limit_file, std::to_string(bytes)) ||
      !write_line(group / "cgroup.procs", self)) {
    ::rmdir(group.c_str());
    refuse(fmt::format("{} takes no limit or no process", group.string()));
  }
  group_ = group;
}

MemoryLimit::~MemoryLimit() {
  // Out of the group first: one with a process in it cannot be removed.
  write_line(home_ / "cgroup.procs", std::to_string(::getpid()));
  ::rmdir(group_.c_str());
}

}  // namespace skerry::experiments
