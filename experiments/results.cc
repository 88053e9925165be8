#include "experiments/results.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <nlohmann/json.hpp>
#include <random>
#include <system_error>

#include "base/error.h"
#include "experiments/run_files.h"
#include "experiments/version.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

Error file_error(std::string_view what, const std::filesystem::path& path) {
  return {errno == ENOSPC ? Code::no_space : Code::io,
          fmt::format("{}: {}", what, std::generic_category().message(errno)),
          {.path = path.string()}};
}

}  // namespace

ResultsFile::ResultsFile(const std::filesystem::path& directory)
    : path_(directory / "results.jsonl") {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (failure) {
    throw Error(Code::io, fmt::format("cannot make the results directory: {}", failure.message()),
                {.path = directory.string()});
  }
  file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file_ < 0) throw file_error("cannot open results", path_);
  try {
    if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
      throw Error(Code::busy, "another run writes to this directory", {.path = directory.string()});
    }
    mend_tail(file_, path_);
  } catch (...) {
    ::close(file_);
    throw;
  }
}

ResultsFile::~ResultsFile() { ::close(file_); }

void ResultsFile::append(const ordered_json& record) {
  const std::string line = record.dump() + "\n";

  struct stat before {};

  if (::fstat(file_, &before) != 0) throw file_error("cannot append results", path_);
  const ssize_t written = ::write(file_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return;
  if (written >= 0) errno = ENOSPC;
  const Error error = file_error("cannot append results", path_);
  if (::ftruncate(file_, before.st_size) != 0) throw file_error("cannot mend results", path_);
  throw error;
}

void ResultsFile::sync() {
  if (::fsync(file_) != 0) throw file_error("cannot sync results", path_);
}

ordered_json flat_config(const Settings& settings) {
  ordered_json config;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    std::visit([&](const auto& value) { config[keys()[i].column] = value; }, settings[i]);
  }
  return config;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

ordered_json provenance(std::string_view run_id, std::string_view config_file,
                        std::span<const std::string> settings) {
  const BuildInfo build = build_info();
  const MachineInfo machine = machine_info();
  ordered_json libraries;
  for (const auto& [name, version] : build.libraries) libraries[name] = version;
  return {{"run", run_id},
          {"started", utc_now()},
          {"config_file", config_file},
          {"settings", settings},
          {"version", build.version},
          {"commit", build.commit},
          {"compiler", build.compiler},
          {"flags", build.flags},
          {"kernel_target", build.kernel_target},
          {"libraries", libraries},
          {"cpu", machine.cpu},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", machine.kernel}};
}

std::string new_run_id() {
  std::random_device random;
  const std::uint64_t bits = (std::uint64_t{random()} << 32) | random();
  return fmt::format("{:012x}", bits >> 16);
}

}  // namespace skerry::experiments
