#include "experiments/index/lmdb_swap.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/error.h"
#include "kv/lmdb_metas.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view doing, const fs::path& path) {
  throw Error(Code::io, fmt::format("cannot {}: {}", doing, std::strerror(errno)),
              {.path = path.string()});
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (number_ < 0) fail("open the file", path);
  }

  ~Descriptor() { ::close(number_); }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const noexcept { return number_; }

 private:
  int number_;
};

/// Keeps other processes out while it lives: whoever opens an LMDB environment takes a lock on the
/// first byte of lock.mdb and shares it until it closes (mdb_env_setup_locks() of LMDB 0.9).
class Alone {
 public:
  explicit Alone(const fs::path& directory) : file_(directory / "lock.mdb", O_RDWR | O_CREAT) {
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    if (::fcntl(file_.number(), F_SETLK, &lock) == 0) return;
    if (errno != EAGAIN && errno != EACCES) fail("lock the file", directory / "lock.mdb");
    throw Error(Code::busy,
                "another process has the store open; compacting needs it alone, try again later",
                {.path = directory.string()});
  }

  /// Makes a process that waits for the lock now fail to open the store, in place of going on with
  /// the old file's transaction numbers. The next one makes the lock file anew.
  void forget_transactions() const noexcept {
    [[maybe_unused]] const int ignored = ::ftruncate(file_.number(), 0);
  }

 private:
  Descriptor file_;
};

}  // namespace

void require_alone(const fs::path& directory) { const Alone alone(directory); }

std::vector<std::byte> newest_meta(const fs::path& directory) {
  const kv::lmdb::DataFile file(directory / "data.mdb");
  const kv::lmdb::Metas metas = kv::lmdb::read_metas(file);
  if (!metas.newest) {
    throw Error(Code::corrupt, "the file has no sound meta page", {.path = file.path().string()});
  }
  return {metas.newest->bytes.begin(), metas.newest->bytes.end()};
}

void swap_data_file(const fs::path& directory, const fs::path& file,
                    const std::vector<std::byte>& seen) {
  {
    const Descriptor written(file, O_RDONLY);
    if (::fsync(written.number()) != 0) fail("bring the copy to the disk", file);
  }
  const Alone alone(directory);
  if (newest_meta(directory) != seen) {
    throw Error(Code::busy, "another process wrote to the store meanwhile; try again",
                {.path = directory.string()});
  }
  const Descriptor folder(directory, O_RDONLY | O_DIRECTORY);
  const fs::path data = directory / "data.mdb";
  if (std::rename(file.c_str(), data.c_str()) != 0) fail("rename the copy", data);
  alone.forget_transactions();
  if (::fsync(folder.number()) != 0) fail("bring the directory to the disk", directory);
}

}  // namespace skerry::experiments
