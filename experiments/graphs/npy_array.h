#pragma once
// One array of an .npz archive, in memory (NumPy Enhancement Proposal 1).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace skerry::experiments {

/// Of one dimension, or none (a scalar).
struct NpyArray {
  std::string descr;  ///< NumPy's type string: "<i8", "|S3", ...
  std::size_t count = 0;
  std::vector<std::byte> data;

  /// Throws Error{corrupt} with `path` and `name` for bytes that are no array, unsupported for more
  /// dimensions or elements of other kinds than numbers and texts.
  static NpyArray parse(Bytes bytes, const std::string& path, const std::string& name);

  /// Throws Error{unsupported} when the elements are no little-endian integers, corrupt for a value
  /// beyond i64.
  std::vector<std::int64_t> integers(const std::string& path, const std::string& name) const;

  /// The text of an S or U scalar without padding; empty for others.
  std::string text() const;
};

/// Header of a C-ordered array of one dimension, ready to stand before its elements.
std::vector<std::byte> npy_header(std::string_view descr, std::string_view shape);

}  // namespace skerry::experiments
