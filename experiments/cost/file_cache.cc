#include "experiments/cost/file_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"

namespace skerry::experiments {

namespace {

Error failure(const char* what, const std::filesystem::path& path) {
  const int reason = errno;
  return {reason == ENOENT ? Code::not_found : Code::io,
          std::string(what) + ": " + std::generic_category().message(reason),
          {.path = path.string()}};
}

/// An open file, closed when this is gone.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) throw failure("cannot open a file of the store", path);
  }

  ~OpenFile() { ::close(file_); }

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int get() const noexcept { return file_; }

 private:
  int file_;
};

template <class Visit>
void each_file(const std::filesystem::path& directory, Visit&& visit) {
  if (!std::filesystem::is_directory(directory)) {
    errno = ENOENT;
    throw failure("there is no such directory", directory);
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && !entry.is_symlink()) visit(entry.path());
  }
}

struct Pages {
  std::size_t all = 0;
  std::size_t resident = 0;
};

Pages pages_of(const std::filesystem::path& path) {
  const OpenFile file(path);

  struct stat about {};

  if (::fstat(file.get(), &about) != 0) throw failure("cannot describe a file", path);
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size == 0) return {};
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // Mapping reads nothing; only touching would.
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapped == MAP_FAILED) throw failure("cannot map a file", path);
  std::vector<unsigned char> marks((size + page - 1) / page);
  const int result = ::mincore(mapped, size, marks.data());
  const int reason = errno;
  ::munmap(mapped, size);
  errno = reason;
  if (result != 0) throw failure("cannot ask which pages are in memory", path);
  const auto resident = static_cast<std::size_t>(std::count_if(
      marks.begin(), marks.end(), [](unsigned char mark) { return (mark & 1) != 0; }));
  return {marks.size(), resident};
}

}  // namespace

void evict(const std::filesystem::path& directory) {
  each_file(directory, [](const std::filesystem::path& path) {
    const OpenFile file(path);
    // Only clean pages can be dropped.
    if (::fdatasync(file.get()) != 0) throw failure("cannot write a file out", path);
    if (const int reason = ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED); reason != 0) {
      errno = reason;
      throw failure("cannot have a file's pages dropped", path);
    }
  });
}

double resident_share(const std::filesystem::path& directory) {
  Pages sum;
  each_file(directory, [&](const std::filesystem::path& path) {
    const Pages pages = pages_of(path);
    sum.all += pages.all;
    sum.resident += pages.resident;
  });
  return sum.all == 0 ? 0 : static_cast<double>(sum.resident) / static_cast<double>(sum.all);
}

}  // namespace skerry::experiments
