#pragma once
// fbin, u8bin, i8bin, ibin (big-ann-benchmarks): u32 n, u32 d, then n rows of d values of f32, u8,
// i8 or i32. A file of true neighbours is an ibin of ids, or ids followed by n * d distances in
// f32; its length tells which.

#include <optional>
#include <string_view>

#include "experiments/formats/framing.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

struct BinLayouts {
  FlatLayout values;
  std::optional<FlatLayout> distances;  ///< only behind the ids of an ibin
};

/// `extension` is "fbin", "u8bin", "i8bin" or "ibin". Throws Error: corrupt, invalid_argument.
BinLayouts bin_layouts(const InputFile& file, std::string_view extension);

Framing bin_framing(std::string_view extension, std::size_t rows, std::size_t columns);

}  // namespace skerry::experiments
