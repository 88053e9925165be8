#pragma once
// One matrix in a file of any format, and its way into memory.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "experiments/dataset.h"
#include "experiments/formats/input_file.h"
#include "experiments/formats/scalar.h"

namespace skerry::experiments {

/// Where a matrix lies in a file without compression: row after row, each behind `row_prefix` bytes
/// (0, or 4 that repeat the number of columns as an int32).
struct FlatLayout {
  Scalar scalar = Scalar::f32;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::uint64_t offset = 0;
  std::size_t row_prefix = 0;
  bool bytes_are_bits = false;  ///< under hamming a byte stands for eight components, not for one
};

/// A matrix whose shape has been checked against its file: at least one row and one column, at most
/// max_slots rows and max_columns columns.
class MatrixFile {
 public:
  MatrixFile(std::string path, std::string part) : path_(std::move(path)), part_(std::move(part)) {}

  virtual ~MatrixFile() = default;

  const std::string& path() const noexcept { return path_; }

  /// Name of the data set inside the file; empty where the file is one matrix.
  const std::string& part() const noexcept { return part_; }

  const FlatLayout& shape() const noexcept { return shape_; }

  /// Bytes of a row, without prefix.
  std::size_t row_bytes() const noexcept { return shape_.columns * size_of(shape_.scalar); }

  /// Reading this many rows at a time, from a multiple of it, does no work twice.
  virtual std::size_t grain() const noexcept { return 1; }

  /// Rows [first, first + count), row-major and without prefixes. Throws Error: io, corrupt.
  virtual void read(std::size_t first, std::size_t count, std::byte* out) const = 0;

  /// An error about this matrix: names the file, and the part of it where it has several.
  Error error(Code code, const std::string& message) const {
    return {code, message, {.path = path_, .key = part_}};
  }

 protected:
  FlatLayout shape_;

 private:
  std::string path_;
  std::string part_;
};

/// Vectors and lists may be this long. Longer ones come from damaged headers.
inline constexpr std::size_t max_columns = std::size_t{1} << 24;

/// Throws the error (corrupt; invalid_argument for an empty matrix) that `shape` deserves, if any.
void check_shape(const FlatLayout& shape, const std::string& path, const std::string& part = {});

/// A matrix in one piece of `file`. The layout has been checked against the file's size.
std::unique_ptr<MatrixFile> flat_matrix(std::shared_ptr<const InputFile> file,
                                        const FlatLayout& layout, std::string part = {});

/// Throws Error{corrupt} unless `file` is exactly as long as `layout` asks for.
void check_size(const InputFile& file, const FlatLayout& layout);

/// Calls `body(first, count, bytes)` on all of the first `rows` rows in order, a few MiB at a time.
template <class Body>
void for_each_band(const MatrixFile& file, std::size_t rows, Body&& body) {
  constexpr std::size_t band_bytes = std::size_t{4} << 20;
  const std::size_t grain = file.grain();
  const std::size_t grains = band_bytes / (grain * file.row_bytes());
  const std::size_t band = std::min(rows, std::max<std::size_t>(1, grains) * grain);
  std::vector<std::byte> buffer(band * file.row_bytes());
  for (std::size_t first = 0; first < rows; first += band) {
    const std::size_t count = std::min(band, rows - first);
    file.read(first, count, buffer.data());
    body(first, count, buffer.data());
  }
}

/// A matrix of zeros. Throws Error{full} when it would not fit into this machine's memory; `what`
/// names it.
Matrix allocate_matrix(std::size_t rows, std::size_t dimension, const distance::Metric& metric,
                       const std::string& what);

/// Components of the file's vectors under `metric`.
std::size_t dimension_of(const MatrixFile& file, const distance::Metric& metric);

/// The first `rows` rows as vectors of `metric`: numbers as f32; under hamming components 0 and 1,
/// or eight to a byte where the format packs them. Throws Error{corrupt} that names row and
/// component of what is not finite, or neither 0 nor 1; else what allocate_matrix() and read()
/// throw.
Matrix read_vectors(const MatrixFile& file, std::size_t rows, const distance::Metric& metric);

/// The same, a few MiB at a time and in order, for those who keep vectors elsewhere: `vectors` are
/// those of the rows first .. first + count - 1.
void for_each_vector_band(
    const MatrixFile& file, std::size_t rows, const distance::Metric& metric,
    const std::function<void(std::size_t first, std::size_t count, Bytes vectors)>& body);

}  // namespace skerry::experiments
