#include "experiments/version.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <hwy/highway.h>
#include <roaring/roaring_version.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <boost/version.hpp>
#include <fstream>

#include "commit.h"
#include "distance/metric.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

std::string compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

/// The value of the first line of /proc/cpuinfo that has it, under the names of several CPUs.
std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    for (const std::string_view name : {"model name", "Model", "cpu model"}) {
      const std::size_t colon = line.find(": ");
      if (line.starts_with(name) && colon != std::string::npos) return line.substr(colon + 2);
    }
  }
  return "unknown";
}

}  // namespace

BuildInfo build_info() {
  BuildInfo info;
  info.version = SKERRY_VERSION;
  info.commit = SKERRY_COMMIT;
  info.compiler = compiler();
  info.flags = SKERRY_FLAGS;
  info.kernel_target = distance::kernel_target();
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    if (!kind.version.empty()) info.libraries.emplace_back(kind.name, kind.version);
  }
  info.libraries.emplace_back(
      "roaring", fmt::format("{}.{}.{}", +ROARING_VERSION_MAJOR, +ROARING_VERSION_MINOR,
                             +ROARING_VERSION_REVISION));
  info.libraries.emplace_back("highway", fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH));
  info.libraries.emplace_back(
      "boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                           BOOST_VERSION % 100));
  info.libraries.emplace_back(
      "hdf5", fmt::format("{}.{}.{}", H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE));
  return info;
}

MachineInfo machine_info() {
  MachineInfo info;
  info.cpu = cpu_model();
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
    info.cores = static_cast<unsigned>(CPU_COUNT(&allowed));
  }
  info.memory_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                      static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  utsname system{};
  if (::uname(&system) == 0) info.kernel = fmt::format("{} {}", system.sysname, system.release);
  return info;
}

std::string version_text() {
  const BuildInfo info = build_info();
  std::string text =
      fmt::format("skerry {}\ncommit    {}\ncompiler  {}\nflags     {}\nkernels   {}\n",
                  info.version, info.commit, info.compiler, info.flags, info.kernel_target);
  for (const auto& [name, version] : info.libraries)
    text += fmt::format("{:<9} {}\n", name, version);
  return text;
}

}  // namespace skerry::experiments
