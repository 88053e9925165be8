#pragma once
// The part of the ZIP format (PKWARE APPNOTE 6.3) that .npz files use: members stored or deflated,
// with or without 64-bit sizes; no encryption, no archives in several pieces.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

/// Every member by name, unpacked, its CRC-32 checked. Throws Error{corrupt, unsupported} naming
/// `path`. Takes at most 1032 times the archive's size, which is deflate's greatest ratio.
std::map<std::string, std::vector<std::byte>> read_zip(Bytes archive, const std::string& path);

/// Writes members as they are, without compression, always with 64-bit sizes, as Python's zipfile
/// and unzip read them. The file appears when finish() returns.
class ZipWriter {
 public:
  explicit ZipWriter(const std::filesystem::path& path) : file_(path) {}

  /// Throws what OutputFile throws.
  void add(std::string_view name, Bytes content);
  void finish();

 private:
  OutputFile file_;
  std::uint64_t written_ = 0;
  std::uint64_t members_ = 0;
  std::vector<std::byte> directory_;
};

}  // namespace skerry::experiments
