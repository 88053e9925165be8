#include "experiments/report/neighbours.h"

#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "experiments/formats/matrix_file.h"
#include "experiments/formats/npy.h"

namespace skerry::experiments {

namespace {

/// A matrix of four-byte numbers of one type.
template <class T>
std::vector<T> read_array(const std::filesystem::path& path, Scalar scalar, std::size_t& rows,
                          std::size_t& columns) {
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) {
    throw Error(Code::not_found,
                "the neighbours of this point were not kept; `skerry run --save-neighbours` "
                "writes them",
                {.path = path.string()});
  }
  const auto file = std::make_shared<const InputFile>(path.string());
  const FlatLayout layout = npy_layout(*file);
  check_size(*file, layout);
  check_shape(layout, path.string());
  if (layout.scalar != scalar) {
    throw Error(Code::corrupt, "the array's numbers have another type",
                {.path = path.string(), .expected = std::is_floating_point_v<T> ? "<f4" : "<u4"});
  }
  rows = layout.rows;
  columns = layout.columns;
  std::vector<T> values(rows * columns);
  flat_matrix(file, layout)->read(0, rows, reinterpret_cast<std::byte*>(values.data()));
  return values;
}

}  // namespace

Neighbours neighbours_of(const std::filesystem::path& directory, const std::string& point) {
  const std::filesystem::path folder = directory / "neighbours";
  const std::filesystem::path distances = folder / (point + ".distances.npy");
  Neighbours found;
  found.ids =
      read_array<std::uint32_t>(folder / (point + ".ids.npy"), Scalar::u32, found.queries, found.k);
  std::size_t rows = 0;
  std::size_t columns = 0;
  found.distances = read_array<float>(distances, Scalar::f32, rows, columns);
  if (rows != found.queries || columns != found.k) {
    throw Error(Code::corrupt, "ids and distances differ in shape",
                {.path = distances.string(),
                 .expected = fmt::format("{} x {}", found.queries, found.k),
                 .found = fmt::format("{} x {}", rows, columns)});
  }
  return found;
}

}  // namespace skerry::experiments
