#pragma once
// Sizes in bytes as people write them.

#include <cstdint>
#include <string_view>

namespace skerry {

/// "256MiB", "64KiB", "1GiB", "12B" or a number of bytes; at least 1. Throws
/// Error{invalid_argument}.
std::uint64_t parse_size(std::string_view text);

}  // namespace skerry
