#include "kv/write_back.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

namespace skerry::kv {

namespace {

// Some MiB are written in it: enough for large requests, few enough that the last are soon done.
constexpr std::chrono::milliseconds pause(2);

}  // namespace

WriteBack::WriteBack(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_WRONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) return;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    // No thread is to be had; the sync does all.
  }
}

WriteBack::~WriteBack() {
  if (thread_.joinable()) {
    {
      const std::lock_guard guard(mutex_);
      ends_ = true;
    }
    ended_.notify_one();
    thread_.join();
  }
  if (descriptor_ >= 0) ::close(descriptor_);
}

void WriteBack::run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, pause, [this] { return ends_; })) {
    lock.unlock();
    ::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
    lock.lock();
  }
}

}  // namespace skerry::kv
