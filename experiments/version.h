#pragma once
// What this program is made of and where it runs.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace skerry::experiments {

struct BuildInfo {
  std::string version;
  std::string commit;  ///< "unknown" outside a repository, "-dirty" at the end if it was changed
  std::string compiler;
  std::string flags;
  std::string kernel_target;                                   ///< instruction set of the kernels
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
};

BuildInfo build_info();

struct MachineInfo {
  std::string cpu;
  unsigned cores = 0;  ///< that this process may use
  std::uint64_t memory_bytes = 0;
  std::string kernel;
};

MachineInfo machine_info();

/// The text of `skerry --version`.
std::string version_text();

}  // namespace skerry::experiments
