#include "python/arrays.h"

#include <fmt/format.h>

#include "base/error.h"

namespace skerry::python {

namespace py = pybind11;

namespace {

bool contiguous(const py::array& array) { return (array.flags() & py::array::c_style) != 0; }

Error wrong(std::string_view what, const std::string& expected, const py::array& array) {
  const auto found = py::str("{} of shape {}").format(array.dtype(), array.attr("shape"));
  return {Code::invalid_argument, std::string(what), {.expected = expected, .found = found}};
}

}  // namespace

std::span<const ItemId> ids_of(const py::array& array) {
  if (!py::isinstance<py::array_t<ItemId>>(array) || array.ndim() != 1 || !contiguous(array)) {
    throw wrong("these are not ids", "uint64, one dimension", array);
  }
  return {static_cast<const ItemId*>(array.data()), static_cast<std::size_t>(array.size())};
}

Bytes vectors_of(const py::array& array, const distance::Metric& metric, std::size_t dimension) {
  const bool bits = metric.element == distance::Element::bit;
  const std::size_t width = bits ? metric.vector_bytes(dimension) : dimension;
  const bool right_type = bits ? py::isinstance<py::array_t<std::uint8_t>>(array)
                               : py::isinstance<py::array_t<float>>(array);
  if (!right_type || array.ndim() != 2 || static_cast<std::size_t>(array.shape(1)) != width ||
      !contiguous(array)) {
    throw wrong(
        fmt::format("these are not vectors of {} {}", dimension, bits ? "bits" : "components"),
        fmt::format("{} of shape (n, {})", bits ? "uint8" : "float32", width), array);
  }
  return {static_cast<const std::byte*>(array.data()), static_cast<std::size_t>(array.nbytes())};
}

py::array array_of(Bytes vector, const distance::Metric& metric) {
  if (metric.element == distance::Element::bit) {
    return py::array_t<std::uint8_t>(static_cast<py::ssize_t>(vector.size()),
                                     reinterpret_cast<const std::uint8_t*>(vector.data()));
  }
  py::array_t<float> array(static_cast<py::ssize_t>(vector.size() / sizeof(float)));
  std::memcpy(array.mutable_data(), vector.data(), vector.size());
  return array;
}

}  // namespace skerry::python
