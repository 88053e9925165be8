#pragma once
// What a format writes around the numbers of a matrix.

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "experiments/formats/scalar.h"

namespace skerry::experiments {

struct Framing {
  Scalar scalar = Scalar::f32;        ///< as which the format holds the numbers
  std::vector<std::byte> header;      ///< once, in front of everything
  std::vector<std::byte> row_prefix;  ///< in front of each row
};

/// Appends a number little-endian.
template <class T>
void append(std::vector<std::byte>& out, T value) {
  out.resize(out.size() + sizeof(T));
  store(out.data() + out.size() - sizeof(T), value);
}

}  // namespace skerry::experiments
