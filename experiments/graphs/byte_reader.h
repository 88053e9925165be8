#pragma once
// Values off the front of bytes that nobody vouches for.

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::experiments {

/// Every shortage throws Error{corrupt} that names the file. Nothing is allocated before the bytes
/// that would fill it are known to be there.
class ByteReader {
 public:
  ByteReader(Bytes bytes, std::string path) : bytes_(bytes), path_(std::move(path)) {}

  const std::string& path() const noexcept { return path_; }

  std::size_t left() const noexcept { return bytes_.size(); }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Code::corrupt, "the graph file is damaged: " + what, {.path = path_});
  }

  Bytes take_bytes(std::uint64_t count, const char* what) {
    if (count > bytes_.size()) {
      fail(fmt::format("{} needs {} bytes, {} are left", what, count, bytes_.size()));
    }
    const Bytes taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }

  template <class T>
  T take(const char* what) {
    return load<T>(take_bytes(sizeof(T), what).data());
  }

  /// `count` values.
  template <class T>
  std::vector<T> take_values(std::uint64_t count, const char* what) {
    if (count > bytes_.size() / sizeof(T)) {
      fail(fmt::format("{} has {} values, {} bytes are left", what, count, bytes_.size()));
    }
    std::vector<T> values(count);
    const Bytes taken = take_bytes(count * sizeof(T), what);
    if (count > 0) std::memcpy(values.data(), taken.data(), taken.size());
    return values;
  }

  /// A u64 count and so many values.
  template <class T>
  std::vector<T> take_vector(const char* what) {
    return take_values<T>(take<std::uint64_t>(what), what);
  }

 private:
  Bytes bytes_;
  std::string path_;
};

}  // namespace skerry::experiments
