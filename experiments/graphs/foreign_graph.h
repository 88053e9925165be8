#pragma once
// What a reader of foreign graph files gives, and the checks that all of them share.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "graph/graph.h"

namespace skerry::experiments {

/// A graph out of a file. Slot i is row i of the data set that it was built over.
struct ForeignGraph {
  graph::Graph graph;
  std::string format;              ///< "csr", "hnswlib", "faiss", "hannoy" or "skerry"
  std::vector<std::string> notes;  ///< what a user should know, a sentence each
  std::size_t dimension = 0;       ///< 0 when the file holds no vectors
  std::vector<float> vectors;      ///< [items x dimension], row i of slot i
};

/// Takes lists in any order and refuses what no search could walk.
///
/// Self links and repeated links are dropped and counted: a search never follows either, so what it
/// finds and what it costs stay as they were.
class GraphAssembler {
 public:
  /// Items with these top levels. Throws Error{corrupt}: bounds outside 1..4096 or M0 < M, a level
  /// above 63, too many items.
  GraphAssembler(std::string path, graph::DegreeBounds bounds, const std::vector<unsigned>& tops);

  const graph::Graph& graph() const noexcept { return graph_; }

  /// Throws Error{corrupt} that names item and level: the item is not on the level, a target is out
  /// of range or not on the level, the list is longer than its bound.
  void set_links(unsigned level, std::size_t item, const std::vector<std::int64_t>& targets);

  /// Throws Error{corrupt} unless every entry point is an item of the top level, and there is one
  /// just when there are items.
  ForeignGraph finish(std::string format, const std::vector<std::int64_t>& entry_points);

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  graph::Graph graph_;
  std::vector<Slot> kept_;
  std::vector<std::uint32_t> seen_;  // the number of the list in which an item was met last
  std::uint32_t list_ = 0;
  std::uint64_t self_links_ = 0;
  std::uint64_t repeated_links_ = 0;
};

/// Each throws Error{corrupt, unsupported} naming `path` for any bytes that are no such file.
ForeignGraph read_csr(Bytes bytes, const std::string& path);
ForeignGraph read_hnswlib(Bytes bytes, const std::string& path);
ForeignGraph read_faiss(Bytes bytes, const std::string& path);

/// Whether a file that begins so, and has so many bytes, is a saved hnswlib index. The format has
/// no magic: its header fields must agree with each other.
bool looks_like_hnswlib(Bytes bytes);

}  // namespace skerry::experiments
