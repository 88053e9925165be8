#pragma once
// graph::IndexOptions as skerry._skerry.Options.

#include <pybind11/pybind11.h>

namespace skerry::python {

void bind_options(pybind11::module_& module);

}  // namespace skerry::python
