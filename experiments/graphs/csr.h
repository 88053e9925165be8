#pragma once
// A graph as compressed sparse rows in an .npz archive, for NumPy and SciPy.
//
//   indptr i64[n + 1], indices u32[links]   level 0: links of item i are
//                                           indices[indptr[i] .. indptr[i + 1])
//   tops u8[n]                              highest level of each item
//   nodes_L u32[m]                          items of level L, L = 1 .. top level, ascending
//   indptr_L i64[m + 1], indices_L u32[]    links of nodes_L[j]; targets are item numbers
//   entry_points u32[]                      where searches start
//   bounds u32[2]                           M, M0
//   format |S3 = b'csr', shape i64[2] = n, n  as scipy.sparse.save_npz has them
//
//   data u8[links] = 1                      for scipy.sparse.load_npz()
//
// Only indptr and indices must be there; integers may have any width. `data` is not read: a stored
// zero is a link, too.

#include <filesystem>

#include "graph/graph.h"

namespace skerry::experiments {

/// Throws Error: not_found, no_space, io. The file is whole or absent.
void write_csr(const std::filesystem::path& path, const graph::Graph& graph);

}  // namespace skerry::experiments
