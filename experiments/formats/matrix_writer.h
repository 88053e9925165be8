#pragma once
// Writes one matrix in any of the formats that hold one.

#include <span>
#include <string>

#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

/// Writes all of `matrix` to `path`, in the format of its extension; the file appears complete or
/// not at all. Numbers become f32 rounded to nearest, or integers exactly; npy keeps their type.
/// Throws Error: invalid_argument for an unknown extension, and naming row, component and value of
/// what the format cannot hold; unsupported for HDF5; not_found, no_space, io, corrupt.
void write_matrix(const MatrixFile& matrix, const std::string& path);

/// Writes ids and distances as one ibin in the way of big-ann-benchmarks: u32 n, u32 k, ids,
/// distances in f32. Both hold rows * columns numbers.
void write_truth(const std::string& path, std::size_t rows, std::size_t columns,
                 std::span<const std::uint32_t> ids, std::span<const float> distances);

}  // namespace skerry::experiments
