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

/// Rows first, first + 1, .. of the file.
void check_finite(const MatrixFile& file, std::size_t first, std::size_t count,
                  const std::byte* vectors) {
  const std::size_t columns = file.shape().columns;
  for (std::size_t i = 0; i < count * columns; ++i) {
    if (is_finite_f32(vectors + i * sizeof(float))) continue;
    throw file.error(
        Code::corrupt,
        fmt::format("row {}, component {} is {} as f32; it must be a finite number",
                    first + i / columns, i % columns, load<float>(vectors + i * sizeof(float))));
  }
}

bool packed_bits(const MatrixFile& file, const distance::Metric& metric) {
  return metric.element == distance::Element::bit && file.shape().bytes_are_bits;
}

/// Whether a row of the file is a vector as it is, byte by byte.
bool taken_as_it_is(const MatrixFile& file, const distance::Metric& metric) {
  return packed_bits(file, metric) ||
         (metric.element == distance::Element::f32 && file.shape().scalar == Scalar::f32);
}

/// Makes vectors of `count` rows from `first` on, which lie in `band`.
void to_vectors(const MatrixFile& file, std::size_t first, std::size_t count, const std::byte* band,
                const distance::Metric& metric, std::byte* vectors) {
  const std::size_t columns = file.shape().columns;
  const Scalar scalar = file.shape().scalar;
  if (metric.element == distance::Element::f32) {
    convert(scalar, band, count * columns, Scalar::f32, vectors);
    check_finite(file, first, count, vectors);
    return;
  }
  const std::size_t vector_bytes = metric.vector_bytes(columns);
  for (std::size_t i = 0; i < count; ++i, band += file.row_bytes()) {
    const std::size_t good = pack_bits(scalar, band, columns, vectors + i * vector_bytes);
    if (good == columns) continue;
    throw file.error(Code::corrupt,
                     fmt::format("row {}, component {} is {}; under hamming it must be 0 or 1",
                                 first + i, good, value_at(scalar, band, good)));
  }
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
  return packed_bits(file, metric) ? 8 * file.shape().columns : file.shape().columns;
}

Matrix read_vectors(const MatrixFile& file, std::size_t rows, const distance::Metric& metric) {
  Matrix matrix = allocate_matrix(rows, dimension_of(file, metric), metric, file.path());
  if (!taken_as_it_is(file, metric)) {
    for_each_vector_band(file, rows, metric, [&](std::size_t first, std::size_t, Bytes vectors) {
      std::copy(vectors.begin(), vectors.end(), matrix.data.begin() + first * matrix.row_bytes);
    });
    return matrix;
  }
  file.read(0, rows, matrix.data.data());
  if (!packed_bits(file, metric)) check_finite(file, 0, rows, matrix.data.data());
  return matrix;
}

void for_each_vector_band(
    const MatrixFile& file, std::size_t rows, const distance::Metric& metric,
    const std::function<void(std::size_t first, std::size_t count, Bytes vectors)>& body) {
  const std::size_t vector_bytes = metric.vector_bytes(dimension_of(file, metric));
  std::vector<std::byte> vectors;
  for_each_band(file, rows, [&](std::size_t first, std::size_t count, const std::byte* band) {
    if (packed_bits(file, metric)) {
      body(first, count, {band, count * vector_bytes});
      return;
    }
    vectors.resize(count * vector_bytes);
    to_vectors(file, first, count, band, metric, vectors.data());
    body(first, count, vectors);
  });
}

}  // namespace skerry::experiments
