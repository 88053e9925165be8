#pragma once
// Sending a file's changed pages to disk while they are being written.

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace skerry::kv {

/// While it lives, a thread asks the system to start writing what has changed in the file, so that
/// disk and processor work at the same time and the sync at the end finds little left to do. Only a
/// hint: it promises nothing about what is on disk, and does nothing where it cannot.
class WriteBack {
 public:
  explicit WriteBack(const std::filesystem::path& file);
  ~WriteBack();

  WriteBack(const WriteBack&) = delete;
  WriteBack& operator=(const WriteBack&) = delete;

 private:
  void run();

  int descriptor_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace skerry::kv
