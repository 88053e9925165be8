#pragma once
// Graphs that were built elsewhere, for measurements here ("graph" in configs).

#include <filesystem>
#include <string>
#include <vector>

#include "distance/metric.h"
#include "experiments/dataset.h"
#include "experiments/graphs/foreign_graph.h"
#include "graph/graph.h"

namespace skerry::experiments {

/// What `path` holds, without a look at any data set. The format is known by the file's first
/// bytes, never by its name: "csr" (graphs/csr.h), "hnswlib", "faiss", "skerry" (graph_file.h),
/// "hannoy" (graphs/hannoy.h says which paths; also what it throws for them).
/// Throws Error: not_found, io; unsupported for other formats; corrupt.
/// Needs memory for the file, for 4 (M0 + 2) bytes an item and as much for upper levels.
ForeignGraph read_foreign_graph(const std::filesystem::path& path);

/// The file that holds the bytes of what `path` names: data.mdb of a directory, PATH of a
/// `hannoy(PATH, ..)`, else `path` itself.
std::filesystem::path graph_data_file(const std::filesystem::path& path);

struct ImportedGraph {
  graph::Graph graph;
  std::string format;
  std::vector<std::string> notes;  ///< what a user should know, a sentence each
};

/// The graph, checked against the vectors that it is to be searched with: as many items, and where
/// the file holds vectors, the same ones bit for bit; under cosine equal directions are enough
/// (1e-5 in each component of the normalised vectors, since hnswlib stores those). Throws what
/// read_foreign_graph() throws, and Error{mismatch} that names the first item that differs;
/// unsupported under hamming when the file holds float vectors.
ImportedGraph import_graph(const std::filesystem::path& path, const Matrix& vectors,
                           const distance::Metric& metric);

}  // namespace skerry::experiments
