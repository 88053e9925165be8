#pragma once
// What an index is: the one record that makes it exist.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/types.h"
#include "graph/graph.h"
#include "graph/layout.h"
#include "graph/lineage.h"

namespace skerry::graph {

inline constexpr std::uint32_t format_version = 3;

/// The policies of an index, as specs, so that updates go on as the build began.
struct BuildSpecs {
  std::uint32_t forward_links = 0;  ///< 0: M0
  std::uint32_t ef_construction = 100;
  std::string selection = "hnsw";
  std::string overflow = "union";
  std::string levels = "hashed";
  std::string schedule = "prefix_doubling";
  std::string repair = "fresh_diskann";  ///< what a delete does to those that linked to the item
  std::string in_links = "symmetric";    ///< how a delete finds them: symmetric | search | reverse
  std::string connectivity = "none";     ///< what keeps items reachable: none | parent | bfs_repair
  /// What the walks of a build from nothing compare: f32, which is rows, or codes of an encoding.
  std::string construction = "f32";

  friend bool operator==(const BuildSpecs&, const BuildSpecs&) = default;
};

/// Every slot below `slots` is in one of four states, see graph/dead_slots.h; `items` are live.
struct Meta {
  std::string metric;
  std::size_t dimension = 0;
  /// f32, or bits for hamming; or that of the codes which the index keeps beside its f32 vectors.
  std::string encoding = "f32";
  std::string codec;
  Layout layout;
  std::string order = "insertion";  ///< the policy that numbered the slots
  DegreeBounds bounds;
  BuildSpecs build;
  std::uint64_t seed = 0;
  std::uint64_t items = 0;  ///< that searches return
  std::uint64_t slots = 0;
  std::uint64_t tombstones = 0;
  std::uint64_t gone = 0;
  std::uint64_t free = 0;
  bool own_ids = false;      ///< the table `ids` is in use: not every slot is its item's id
  std::uint64_t staged = 0;  ///< items to add or delete that no build has taken up
  unsigned top_level = 0;
  std::vector<Slot> entry_points;
  Slot root = no_slot;      ///< where walks on level 0 also start, with a connectivity
  std::uint64_t ranks = 0;  ///< given so far, where connectivity is `parent`
  std::vector<std::uint64_t> items_per_level;  ///< [l]: nodes whose top level is >= l
  std::uint64_t links = 0;                     ///< directed, all levels
  std::string digest;                          ///< graph_digest, 32 hex digits

  /// Items with lists: live ones and tombstones.
  std::uint64_t nodes() const noexcept { return items + tombstones; }

  /// A JSON object (UTF-8), with format_version as "format".
  std::string encode() const;

  /// Throws Error: version (names both versions), corrupt (names `table` and the field).
  static Meta decode(Bytes value, std::string_view table);
};

}  // namespace skerry::graph
