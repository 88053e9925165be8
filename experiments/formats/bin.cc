#include "experiments/formats/bin.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t header_bytes = 2 * sizeof(std::uint32_t);

Scalar scalar_of(std::string_view extension) {
  return extension == "fbin"    ? Scalar::f32
         : extension == "u8bin" ? Scalar::u8
         : extension == "i8bin" ? Scalar::i8
                                : Scalar::i32;
}

}  // namespace

BinLayouts bin_layouts(const InputFile& file, std::string_view extension) {
  std::byte header[header_bytes];
  file.read_at(0, header, sizeof(header));
  BinLayouts layouts;
  FlatLayout& values = layouts.values;
  values.scalar = scalar_of(extension);
  values.rows = load<std::uint32_t>(header);
  values.columns = load<std::uint32_t>(header + sizeof(std::uint32_t));
  values.offset = header_bytes;
  values.bytes_are_bits = values.scalar == Scalar::u8;
  check_shape(values, file.path());

  // At most 2^31 rows of 2^24 columns: nothing below overflows.
  const std::uint64_t ids = std::uint64_t{values.rows} * values.columns * sizeof(std::int32_t);
  if (extension == "ibin" && file.size() == header_bytes + 2 * ids) {
    layouts.distances = values;
    layouts.distances->scalar = Scalar::f32;
    layouts.distances->offset = header_bytes + ids;
  } else {
    check_size(file, values);
  }
  return layouts;
}

Framing bin_framing(std::string_view extension, std::size_t rows, std::size_t columns) {
  Framing framing;
  framing.scalar = scalar_of(extension);
  append(framing.header, static_cast<std::uint32_t>(rows));
  append(framing.header, static_cast<std::uint32_t>(columns));
  return framing;
}

}  // namespace skerry::experiments
