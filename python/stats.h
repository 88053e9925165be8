#pragma once
// What is known of an index, as a Python dictionary.

#include <pybind11/pybind11.h>

#include "python/search_state.h"

namespace skerry::python {

/// Counts, the digest and the bytes of the state that searches see; tables and files as they are
/// now.
pybind11::dict stats_of(SearchState& state);

}  // namespace skerry::python
