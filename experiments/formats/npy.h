#pragma once
// .npy, versions 1 to 3 (NumPy Enhancement Proposal 1 and numpy.lib.format): two-dimensional, C
// order, little-endian booleans, integers and floats of 16 to 64 bits.

#include <string_view>

#include "experiments/formats/framing.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// Throws Error: corrupt, invalid_argument; unsupported for arrays of another kind, naming what
/// would do.
FlatLayout npy_layout(const InputFile& file);

Framing npy_framing(Scalar scalar, std::size_t rows, std::size_t columns);

}  // namespace skerry::experiments
