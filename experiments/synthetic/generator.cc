#include "experiments/synthetic/generator.h"

#include "base/types.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

SyntheticShape read_shape(const Arguments& arguments) {
  return read_shape(arguments, static_cast<std::size_t>(arguments.integer("n", 1, max_slots)));
}

SyntheticShape read_shape(const Arguments& arguments, std::size_t n) {
  SyntheticShape shape;
  shape.n = n;
  shape.d = static_cast<std::size_t>(arguments.integer("d", 1, max_columns));
  shape.queries = static_cast<std::size_t>(arguments.integer("queries", 1, max_slots));
  shape.seed = static_cast<std::uint64_t>(arguments.integer("seed", 0, INT64_MAX));
  return shape;
}

}  // namespace skerry::experiments
