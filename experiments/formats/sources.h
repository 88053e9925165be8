#pragma once
// Opens the files that a request names, each by its format, without reading any vectors.

#include <memory>
#include <string>

#include "experiments/dataset.h"
#include "experiments/formats/matrix_file.h"

namespace skerry::experiments {

struct Sources {
  std::string format;           ///< that of `path`: "hdf5" or its extension
  std::string declared_metric;  ///< empty when the format has none
  std::unique_ptr<MatrixFile> train;
  std::unique_ptr<MatrixFile> test;       ///< may be null
  std::unique_ptr<MatrixFile> neighbors;  ///< may be null
  std::unique_ptr<MatrixFile> distances;  ///< may be null; else shaped as neighbors
};

/// A file's extension decides its format: hdf5 or h5; fvecs, ivecs, bvecs; fbin, u8bin, i8bin,
/// ibin; npy. Throws Error: not_found, io, corrupt, unsupported; invalid_argument for an unknown
/// extension, a file that is of another format than its name says, or `queries` and `neighbors`
/// beside HDF5, which has its own.
Sources open_sources(const DatasetRequest& request);

/// "fbin" of "a/b.fbin"; "hdf5" for h5, too. Throws Error{invalid_argument} listing what is known.
std::string format_of(const std::string& path);

}  // namespace skerry::experiments
