#include "experiments/formats/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace skerry::experiments {

namespace {

Error system_error(const char* what, const std::string& path, int reason) {
  const Code code = reason == ENOENT || reason == ENOTDIR ? Code::not_found : Code::io;
  return {
      code, fmt::format("{}: {}", what, std::generic_category().message(reason)), {.path = path}};
}

}  // namespace

InputFile::InputFile(std::string path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw system_error("cannot open the file", path_, errno);

  struct stat status {};

  const int failed = ::fstat(descriptor_, &status) != 0 ? errno : 0;
  if (failed == 0 && S_ISREG(status.st_mode)) {
    size_ = static_cast<std::uint64_t>(status.st_size);
    return;
  }
  ::close(descriptor_);  // a constructor that throws gets no destructor
  if (failed != 0) throw system_error("cannot examine the file", path_, failed);
  throw Error(Code::invalid_argument, "not a regular file", {.path = path_});
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read_at(std::uint64_t offset, std::byte* out, std::size_t count) const {
  while (count > 0) {
    const ssize_t got = ::pread(descriptor_, out, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error("cannot read the file", path_, errno);
    if (got == 0) {
      throw Error(
          Code::corrupt,
          fmt::format("the file ends at byte {}; {} more were expected there", offset, count),
          {.path = path_});
    }
    out += got;
    offset += static_cast<std::uint64_t>(got);
    count -= static_cast<std::size_t>(got);
  }
}

}  // namespace skerry::experiments
