#include "experiments/formats/matrix_writer.h"

#include <fmt/format.h>

#include <cstring>

#include "experiments/formats/bin.h"
#include "experiments/formats/framing.h"
#include "experiments/formats/npy.h"
#include "experiments/formats/output_file.h"
#include "experiments/formats/sources.h"
#include "experiments/formats/vecs.h"

namespace skerry::experiments {

namespace {

Framing framing_of(const std::string& path, std::size_t rows, std::size_t columns, Scalar scalar) {
  const std::string format = format_of(path);
  if (format == "hdf5") {
    throw Error(Code::unsupported, "HDF5 is read, not written; choose fbin, fvecs or npy",
                {.path = path});
  }
  if (format == "npy") return npy_framing(scalar, rows, columns);
  if (format.ends_with("vecs")) return vecs_framing(format, columns);
  return bin_framing(format, rows, columns);
}

}  // namespace

void write_matrix(const MatrixFile& matrix, const std::string& path) {
  const FlatLayout& shape = matrix.shape();
  const Framing framing = framing_of(path, shape.rows, shape.columns, shape.scalar);
  OutputFile file(path);
  file.write(framing.header);
  const std::size_t prefix = framing.row_prefix.size();
  const std::size_t pitch = prefix + shape.columns * size_of(framing.scalar);
  std::vector<std::byte> out;
  for_each_band(
      matrix, shape.rows, [&](std::size_t first, std::size_t count, const std::byte* band) {
        out.resize(count * pitch);
        for (std::size_t i = 0; i < count; ++i, band += matrix.row_bytes()) {
          std::byte* const row = out.data() + i * pitch;
          if (prefix > 0) std::memcpy(row, framing.row_prefix.data(), prefix);
          const std::size_t good =
              convert(shape.scalar, band, shape.columns, framing.scalar, row + prefix);
          if (good == shape.columns) continue;
          throw matrix.error(
              Code::invalid_argument,
              fmt::format("row {}, component {} is {}, which {} in {} cannot hold", first + i, good,
                          value_at(shape.scalar, band, good), name(framing.scalar), path));
        }
        file.write(out);
      });
  file.commit();
}

void write_truth(const std::string& path, std::size_t rows, std::size_t columns,
                 std::span<const std::uint32_t> ids, std::span<const float> distances) {
  OutputFile file(path);
  file.write(bin_framing("ibin", rows, columns).header);
  file.write(std::as_bytes(ids));
  file.write(std::as_bytes(distances));
  file.commit();
}

}  // namespace skerry::experiments
