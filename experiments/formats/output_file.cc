#include "experiments/formats/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace skerry::experiments {

namespace {

/// Unique among the files that live processes of this machine are writing.
std::filesystem::path temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> counter{0};
  std::filesystem::path name = path;
  name += fmt::format(".{}-{}.tmp", ::getpid(), counter.fetch_add(1));
  return name;
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path)
    : path_(std::move(path)),
      temporary_(temporary_name(path_)),
      descriptor_(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) fail("cannot create the file", errno);
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void OutputFile::fail(const char* what, int reason) const {
  const Code code = reason == ENOENT || reason == ENOTDIR  ? Code::not_found
                    : reason == ENOSPC || reason == EDQUOT ? Code::no_space
                                                           : Code::io;
  throw Error(code, fmt::format("{}: {}", what, std::generic_category().message(reason)),
              {.path = path_.string()});
}

void OutputFile::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("cannot write the file", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void OutputFile::commit() {
  if (::fsync(descriptor_) != 0) fail("cannot write the file", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot rename the file", errno);
  ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace skerry::experiments
