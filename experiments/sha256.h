#pragma once
// SHA-256 (FIPS 180-4, sections 4.1.2, 4.2.2, 5 and 6.2), to hold a downloaded file against a hash
// that its publisher states.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/bytes.h"

namespace skerry::experiments {

class Sha256 {
 public:
  void update(Bytes bytes);

  /// 64 lower-case hex digits. Ends the object's use.
  std::string hex();

 private:
  void block(const std::byte* bytes);

  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::byte, 64> pending_{};
  std::uint64_t length_ = 0;  ///< bytes seen; length_ % 64 of them are pending
};

/// Of a whole file. Throws Error: not_found, io.
std::string sha256_of(const std::filesystem::path& file);

}  // namespace skerry::experiments
