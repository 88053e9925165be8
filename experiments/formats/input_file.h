#pragma once
// A file opened for reading at any place, whose failures name it.

#include <cstddef>
#include <cstdint>
#include <string>

namespace skerry::experiments {

/// Safe to read from several threads at once.
class InputFile {
 public:
  /// Throws Error: not_found, io; invalid_argument for what is not a regular file.
  explicit InputFile(std::string path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const noexcept { return path_; }

  /// In bytes, as it was when the file was opened.
  std::uint64_t size() const noexcept { return size_; }

  /// Reads exactly `count` bytes at `offset`. Throws Error: io; corrupt when the file ends before.
  void read_at(std::uint64_t offset, std::byte* out, std::size_t count) const;

 private:
  std::string path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace skerry::experiments
