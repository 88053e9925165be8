#pragma once
// HDF5 files by libhdf5, in this process. For hdf5.cc, which keeps it apart.

#include <string>

#include "experiments/formats/hdf5.h"

namespace skerry::experiments {

/// As open_hdf5(), but what libhdf5 does to damaged files happens here: it reads through dangling
/// pointers, loops and allocates without bound. Not thread-safe.
Hdf5File open_hdf5_here(const std::string& path);

}  // namespace skerry::experiments
