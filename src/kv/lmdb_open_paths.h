#pragma once
// LMDB forbids a process to open an environment twice: the locks of its file would be lost.

#include <filesystem>
#include <mutex>
#include <set>

namespace skerry::kv {

/// Paths of the environments that this process has open.
class OpenPaths {
 public:
  static OpenPaths& instance() {
    static OpenPaths paths;
    return paths;
  }

  bool add(const std::filesystem::path& path) {
    const std::lock_guard guard(mutex_);
    return paths_.insert(path).second;
  }

  void remove(const std::filesystem::path& path) {
    const std::lock_guard guard(mutex_);
    paths_.erase(path);
  }

 private:
  std::mutex mutex_;
  std::set<std::filesystem::path> paths_;
};

}  // namespace skerry::kv
