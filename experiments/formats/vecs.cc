#include "experiments/formats/vecs.h"

#include <fmt/format.h>

namespace skerry::experiments {

namespace {

Scalar scalar_of(std::string_view extension) {
  return extension == "fvecs" ? Scalar::f32 : extension == "ivecs" ? Scalar::i32 : Scalar::u8;
}

}  // namespace

FlatLayout vecs_layout(const InputFile& file, std::string_view extension) {
  FlatLayout layout;
  layout.scalar = scalar_of(extension);
  layout.bytes_are_bits = layout.scalar == Scalar::u8;
  layout.row_prefix = sizeof(std::int32_t);
  if (file.size() == 0) check_shape(layout, file.path());  // throws: no rows
  std::byte first[sizeof(std::int32_t)];
  file.read_at(0, first, sizeof(first));
  const auto columns = load<std::int32_t>(first);
  if (columns <= 0 || static_cast<std::size_t>(columns) > max_columns) {
    throw Error(Code::corrupt, "the first row's number of components cannot be right",
                {.path = file.path(),
                 .expected = fmt::format("1..{}", max_columns),
                 .found = fmt::format("{}", columns)});
  }
  layout.columns = static_cast<std::size_t>(columns);
  const std::uint64_t pitch = layout.row_prefix + layout.columns * size_of(layout.scalar);
  if (file.size() % pitch != 0) {
    throw Error(Code::corrupt, "the file's length contradicts its first row",
                {.path = file.path(),
                 .expected = fmt::format("a multiple of {} bytes ({} components)", pitch, columns),
                 .found = fmt::format("{} bytes", file.size())});
  }
  layout.rows = file.size() / pitch;
  check_shape(layout, file.path());
  return layout;
}

Framing vecs_framing(std::string_view extension, std::size_t columns) {
  Framing framing;
  framing.scalar = scalar_of(extension);
  append(framing.row_prefix, static_cast<std::int32_t>(columns));
  return framing;
}

}  // namespace skerry::experiments
