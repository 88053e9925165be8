#include "experiments/formats/matrix_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/types.h"

namespace skerry::experiments {

namespace {

using Wide = unsigned __int128;

class FlatMatrix final : public MatrixFile {
 public:
  FlatMatrix(std::shared_ptr<const InputFile> file, const FlatLayout& layout, std::string part)
      : MatrixFile(file->path(), std::move(part)), file_(std::move(file)) {
    shape_ = layout;
  }

  void read(std::size_t first, std::size_t count, std::byte* out) const override {
    const std::size_t bytes = row_bytes();
    const std::size_t pitch = bytes + shape_.row_prefix;
    if (shape_.row_prefix == 0) {
      file_->read_at(shape_.offset + first * pitch, out, count * bytes);
      return;
    }
    const std::size_t band = std::max<std::size_t>(1, (std::size_t{1} << 20) / pitch);
    std::vector<std::byte> raw(std::min(band, count) * pitch);
    for (std::size_t done = 0; done < count; done += band) {
      const std::size_t now = std::min(band, count - done);
      file_->read_at(shape_.offset + (first + done) * pitch, raw.data(), now * pitch);
      for (std::size_t i = 0; i < now; ++i) {
        check_prefix(first + done + i, load<std::int32_t>(raw.data() + i * pitch));
        std::copy_n(raw.data() + i * pitch + shape_.row_prefix, bytes, out + (done + i) * bytes);
      }
    }
  }

 private:
  void check_prefix(std::size_t row, std::int32_t columns) const {
    if (columns == static_cast<std::int32_t>(shape_.columns)) return;
    throw error(Code::corrupt, fmt::format("row {} says it has {} components, row 0 has {}", row,
                                           columns, shape_.columns));
  }

  std::shared_ptr<const InputFile> file_;
};

bool is_finite_f32(const std::byte* at) noexcept {
  constexpr std::uint32_t exponent = 0x7f800000;
  return (load<std::uint32_t>(at) & exponent) != exponent;
}

void check_finite(const MatrixFile& file, const Matrix& matrix) {
  const std::size_t count = matrix.rows * matrix.dimension;
  const std::byte* const data = matrix.data.data();
  for (std::size_t i = 0; i < count; ++i) {
    if (is_finite_f32(data + i * sizeof(float))) continue;
    throw file.error(Code::corrupt,
                     fmt::format("row {}, component {} is {} as f32; it must be a finite number",
                                 i / matrix.dimension, i % matrix.dimension,
                                 load<float>(data + i * sizeof(float))));
  }
}

void read_floats(const MatrixFile& file, Matrix& matrix) {
  const Scalar scalar = file.shape().scalar;
  if (scalar == Scalar::f32) {
    file.read(0, matrix.rows, matrix.data.data());
  } else {
    for_each_band(file, matrix.rows,
                  [&](std::size_t first, std::size_t count, const std::byte* band) {
                    convert(scalar, band, count * matrix.dimension, Scalar::f32,
                            matrix.data.data() + first * matrix.row_bytes);
                  });
  }
  check_finite(file, matrix);
}

void read_bits(const MatrixFile& file, Matrix& matrix) {
  const Scalar scalar = file.shape().scalar;
  for_each_band(
      file, matrix.rows, [&](std::size_t first, std::size_t count, const std::byte* band) {
        for (std::size_t i = 0; i < count; ++i, band += file.row_bytes()) {
          const std::size_t good = pack_bits(scalar, band, matrix.dimension,
                                             matrix.data.data() + (first + i) * matrix.row_bytes);
          if (good == matrix.dimension) continue;
          throw file.error(
              Code::corrupt,
              fmt::format("row {}, component {} is {}; under hamming it must be 0 or 1", first + i,
                          good, value_at(scalar, band, good)));
        }
      });
}

}  // namespace

void check_shape(const FlatLayout& shape, const std::string& path, const std::string& part) {
  const auto refuse = [&](Code code, const std::string& message) {
    throw Error(code, message, {.path = path, .key = part});
  };
  if (shape.rows == 0) refuse(Code::invalid_argument, "the file holds no rows");
  if (shape.columns == 0) refuse(Code::invalid_argument, "the file holds rows of no components");
  if (shape.rows > max_slots) {
    refuse(Code::corrupt,
           fmt::format("the file claims {} rows; at most {} can be used", shape.rows, max_slots));
  }
  if (shape.columns > max_columns) {
    refuse(Code::corrupt, fmt::format("the file claims {} columns; at most {} can be used",
                                      shape.columns, max_columns));
  }
}

void check_size(const InputFile& file, const FlatLayout& layout) {
  check_shape(layout, file.path());
  const Wide row = Wide{layout.columns} * size_of(layout.scalar) + layout.row_prefix;
  const Wide expected = layout.offset + layout.rows * row;
  if (expected == file.size()) return;
  throw Error(Code::corrupt, "the file's length contradicts its header",
              {.path = file.path(),
               .expected = fmt::format("{} bytes for {} rows of {} {}",
                                       static_cast<std::uint64_t>(expected), layout.rows,
                                       layout.columns, name(layout.scalar)),
               .found = fmt::format("{} bytes", file.size())});
}

std::unique_ptr<MatrixFile> flat_matrix(std::shared_ptr<const InputFile> file,
                                        const FlatLayout& layout, std::string part) {
  return std::make_unique<FlatMatrix>(std::move(file), layout, std::move(part));
}

Matrix allocate_matrix(std::size_t rows, std::size_t dimension, const distance::Metric& metric,
                       const std::string& what) {
  Matrix matrix;
  matrix.rows = rows;
  matrix.dimension = dimension;
  matrix.row_bytes = metric.vector_bytes(dimension);
  const Wide bytes = Wide{rows} * matrix.row_bytes;
  const Wide memory = Wide(::sysconf(_SC_PHYS_PAGES)) * static_cast<Wide>(::sysconf(_SC_PAGESIZE));
  if (bytes > memory) {
    throw Error(
        Code::full,
        fmt::format("{}: {} vectors of {} bytes do not fit into this machine's memory of "
                    "{} MiB; set `limit`",
                    what, rows, matrix.row_bytes, static_cast<std::uint64_t>(memory >> 20)));
  }
  matrix.data.resize(static_cast<std::size_t>(bytes));
  return matrix;
}

std::size_t dimension_of(const MatrixFile& file, const distance::Metric& metric) {
  const FlatLayout& shape = file.shape();
  const bool packed = metric.element == distance::Element::bit && shape.bytes_are_bits;
  return packed ? 8 * shape.columns : shape.columns;
}

Matrix read_vectors(const MatrixFile& file, std::size_t rows, const distance::Metric& metric) {
  const bool bits = metric.element == distance::Element::bit;
  const bool packed = bits && file.shape().bytes_are_bits;
  Matrix matrix = allocate_matrix(rows, dimension_of(file, metric), metric, file.path());
  if (packed) {
    file.read(0, rows, matrix.data.data());
  } else if (bits) {
    read_bits(file, matrix);
  } else {
    read_floats(file, matrix);
  }
  return matrix;
}

}  // namespace skerry::experiments
