#include "kv/lmdb_data_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/error.h"

namespace skerry::kv::lmdb {

DataFile::DataFile(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  struct stat status {};

  const bool usable = descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0;
  const int reason = usable ? (S_ISREG(status.st_mode) ? 0 : EINVAL) : errno;
  if (reason != 0) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Error(reason == ENOENT ? Code::not_found : Code::io,
                "cannot read the file: " + std::generic_category().message(reason),
                {.path = path.string()});
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
}

DataFile::~DataFile() { ::close(descriptor_); }

std::string DataFile::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset > size_ || into.size() > size_ - offset) {
    return fmt::format("the file ends at byte {}, before byte {}", size_, offset + into.size());
  }
  for (std::size_t done = 0; done < into.size();) {
    const ssize_t got = ::pread(descriptor_, into.data() + done, into.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return "it cannot be read: " + std::generic_category().message(errno);
    if (got == 0) return fmt::format("the file ends at byte {}", offset + done);
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace skerry::kv::lmdb
