#pragma once
// NumPy arrays as the library takes them, without copies.

#include <pybind11/numpy.h>

#include <span>

#include "base/bytes.h"
#include "base/types.h"
#include "distance/metric.h"

namespace skerry::python {

/// One id each. u64, one dimension, C-contiguous; else Error{invalid_argument}.
std::span<const ItemId> ids_of(const pybind11::array& array);

/// Vectors of `metric` one after the other: [n, dimension] f32, or [n, ceil(dimension / 8)] u8 for
/// bits; C-contiguous. Error{invalid_argument} that names both shapes.
Bytes vectors_of(const pybind11::array& array, const distance::Metric& metric,
                 std::size_t dimension);

/// One vector as an array of its own.
pybind11::array array_of(Bytes vector, const distance::Metric& metric);

}  // namespace skerry::python
