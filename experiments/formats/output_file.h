#pragma once
// A file that appears under its name complete or not at all.

#include <filesystem>

#include "base/bytes.h"

namespace skerry::experiments {

/// Written beside its final place under a temporary name and renamed by commit(); what stood there
/// before stays until then. Without commit() the temporary file is removed.
class OutputFile {
 public:
  /// Throws Error: not_found when the folder does not exist, no_space, io.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends. Throws Error: no_space, io.
  void write(Bytes bytes);

  /// Brings the bytes to the disk and the file to its name. Throws Error: no_space, io. Nothing may
  /// be written afterwards.
  void commit();

 private:
  [[noreturn]] void fail(const char* what, int reason) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  int descriptor_;
};

}  // namespace skerry::experiments
