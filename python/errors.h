#pragma once

// skerry::Error as the Python exception skerry.Error.

namespace skerry::python {

/// From now on functions of this module raise it.
void register_errors();

}  // namespace skerry::python
