#pragma once
// fvecs, ivecs, bvecs (TEXMEX, http://corpus-texmex.irisa.fr): each row is an int32 d and d values
// of f32, i32 or u8; d is the same in every row.

#include <string_view>

#include "experiments/formats/framing.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

/// `extension` is "fvecs", "ivecs" or "bvecs". Throws Error: corrupt, invalid_argument. The d of a
/// row is checked when the row is read.
FlatLayout vecs_layout(const InputFile& file, std::string_view extension);

Framing vecs_framing(std::string_view extension, std::size_t columns);

}  // namespace skerry::experiments
