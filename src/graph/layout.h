#pragma once
// Where the records of one index lie in a store, byte by byte (also docs/format.md).
//
// Tables of an index NAME: NAME.meta, NAME.vectors, NAME.links.
//   meta     key "meta"                              one record, see Meta
//   vectors  key slot u32 big-endian                 the row (distance/metric.h)
//   links    key level u8, slot u32 big-endian       out-links, ascending, by the index's codec
// An item of top level t has a links record on each of the levels 0..t, also when it is empty.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/types.h"
#include "graph/graph.h"

namespace skerry::graph {

inline constexpr std::uint32_t format_version = 1;

struct VectorKey {
  std::array<std::byte, 4> bytes;

  explicit VectorKey(Slot slot) noexcept { store_be32(bytes.data(), slot); }
};

struct LinkKey {
  std::array<std::byte, 5> bytes;

  LinkKey(unsigned level, Slot slot) noexcept {
    bytes[0] = static_cast<std::byte>(level);
    store_be32(bytes.data() + 1, slot);
  }
};

/// What an index is. Written last, so that an index exists when its meta record does.
struct Meta {
  std::string metric;
  std::size_t dimension = 0;
  std::string encoding = "f32";  ///< of the vectors: f32, or bits for hamming
  std::string codec;
  std::string layout = "apart";
  DegreeBounds bounds;
  std::uint64_t seed = 0;
  std::uint64_t items = 0;
  unsigned top_level = 0;
  std::vector<Slot> entry_points;
  std::vector<std::uint64_t> items_per_level;  ///< [l]: items whose top level is >= l
  std::uint64_t links = 0;                     ///< directed, all levels
  std::string digest;                          ///< graph_digest, 32 hex digits

  /// A JSON object (UTF-8), with format_version as "format".
  std::string encode() const;

  /// Throws Error: version (names both versions), corrupt (names `table` and the field).
  static Meta decode(Bytes value, std::string_view table);
};

std::string table_name(std::string_view index, std::string_view part);

}  // namespace skerry::graph
