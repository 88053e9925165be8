#pragma once
// HDF5 files in the schema of ann-benchmarks: data sets `train`, `test` and, optionally,
// `neighbors` and `distances`; attribute `distance`. VIBE follows it too, and says with the
// attribute `point_type` = "binary" that it packs eight components into each byte.

#include <memory>
#include <string>

#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

struct Hdf5File {
  std::string declared_metric;            ///< skerry's name, or as spelt when it has none; or empty
  std::unique_ptr<MatrixFile> train;      ///< always there
  std::unique_ptr<MatrixFile> test;       ///< always there
  std::unique_ptr<MatrixFile> neighbors;  ///< may be null
  std::unique_ptr<MatrixFile> distances;  ///< may be null; else shaped as neighbors
};

/// Opens `path` and checks all shapes. Throws Error: not_found, io, corrupt, invalid_argument;
/// unsupported for sparse sets, filters that this machine lacks, and data outside the file.
/// libhdf5 is not thread-safe: one thread at a time may open, read and close such files.
Hdf5File open_hdf5(const std::string& path);

/// "angular" -> "cosine", "l2" -> "euclidean", ...; other words stay as they are.
std::string metric_of_hdf5(const std::string& distance);

}  // namespace skerry::experiments
