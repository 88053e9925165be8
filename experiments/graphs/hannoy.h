#pragma once
// Indexes of hannoy (Rust, HNSW over LMDB), read from the LMDB file itself.
//
// The file is walked by kv/lmdb_pages.h and never mapped, so that damage is an error and no signal,
// a writer need not be kept out, and files on read-only media do.
//
// One LMDB table (named or not) holds several indexes. Keys, 8 bytes: index u16 BE, mode u8, item
// u32 BE, layer u8. Values by mode:
//   0 metadata  item 0: name of the metric, NUL, dimensions u32 BE, size of the items u32 BE, items
//               (Roaring, portable), entry points u32 LE each, top level u8 (both may be missing);
//               item 1: version 3 x u32 BE
//   1 updated   an item that changed after the last build
//   2 links     1u8, targets (Roaring, portable)
//   3 item      0u8, f32, vector f32 LE each
// Source: key.rs, node.rs, node_id.rs and metadata.rs of hannoy 0.1.3, MIT.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "experiments/graphs/foreign_graph.h"

namespace skerry::experiments {

/// What is to be read, as a config or the command line names it: a directory with data.mdb, such a
/// file, or `hannoy(PATH, index=0, database=NAME)` where the file holds several indexes. Indexes
/// and databases that are not named must be the only ones.
struct HannoyChoice {
  std::filesystem::path file;
  std::optional<std::uint16_t> index{};
  std::optional<std::string> database{};
};

/// Nothing when `path` names a file that is not LMDB's, or nothing that exists. Throws
/// Error{invalid_argument} for `hannoy(..)` with unknown or wrong options, not_found for
/// directories without data.mdb.
std::optional<HannoyChoice> hannoy_choice(const std::filesystem::path& path);

/// Slot i is the item with the i-th smallest id. Levels above the metadata's top level, which
/// hannoy does not search, are left out and counted in a note.
/// Throws Error: corrupt for damage; not_found, naming those there are, when the choice names no
/// index; invalid_argument when it fits several; unsupported for metrics other than cosine,
/// euclidean and manhattan, and for items that were changed but not built; busy (walk_lmdb_pages).
/// Needs memory for the vectors and 8 bytes a link on top of the graph.
ForeignGraph read_hannoy(const HannoyChoice& choice);

}  // namespace skerry::experiments
