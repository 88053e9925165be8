#pragma once
// An LMDB data file, read by offset and never mapped: past its end there is an answer, no signal.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace skerry::kv::lmdb {

class DataFile {
 public:
  /// Throws Error: not_found, io.
  explicit DataFile(const std::filesystem::path& path);
  ~DataFile();

  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

  /// Bytes in the file when it was opened.
  std::uint64_t size() const noexcept { return size_; }

  /// Fills `into`, or says why not.
  std::string read(std::uint64_t offset, std::span<std::byte> into) const;

 private:
  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

}  // namespace skerry::kv::lmdb
