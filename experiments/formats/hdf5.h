#pragma once
// HDF5 files in the schema of ann-benchmarks: data sets `train`, `test` and, optionally,
// `neighbors` and `distances`; attribute `distance`. VIBE follows it too, and says with the
// attribute `point_type` = "binary" that it packs eight components into each byte.
//
// libhdf5 1.10 trusts what it reads: a flipped bit in the shape of a chunk or in the heap of
// variable-length strings makes it crash or loop. So it runs in a process of its own for each open
// file, and a file that kills that process is reported as damaged.

#include <memory>
#include <string>

#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

struct Hdf5File {
  std::string declared_metric;            ///< skerry's name, or as spelt when it has none; or empty
  std::unique_ptr<MatrixFile> train;      ///< always there
  std::unique_ptr<MatrixFile> test;       ///< always there
  std::unique_ptr<MatrixFile> neighbors;  ///< may be null
  std::unique_ptr<MatrixFile> distances;  ///< may be null
};

/// Opens `path` and checks all shapes. Throws Error: not_found, io, corrupt, invalid_argument;
/// unsupported for sparse sets, filters that this machine lacks, and data outside the file.
/// The matrices of one file must not be read by two threads at once.
Hdf5File open_hdf5(const std::string& path);

}  // namespace skerry::experiments
