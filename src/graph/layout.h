#pragma once
// Where the records of one index lie in a store, byte by byte (also docs/format.md).
//
// Tables of an index NAME: NAME.meta, NAME.vectors, NAME.links, and NAME.ids when slots are not
// ids.
//   meta     key "meta"                                one record, see Meta
//   ids      key block u32 big-endian                  512 external ids, u64 each
//   vectors  key block u32 big-endian                  rows (distance/metric.h), see Layout
//   links    key level u8, block u32 big-endian        out-links, ascending, by the index's codec
// A block is a slot divided by the number of items to a value, which is 1 unless the layout says
// more. An item of top level t has a list on each of the levels 0..t, also when it is empty.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/types.h"
#include "graph/graph.h"

namespace skerry::graph {

inline constexpr std::uint32_t format_version = 2;

struct VectorKey {
  std::array<std::byte, 4> bytes;

  explicit VectorKey(Slot block) noexcept { store_be32(bytes.data(), block); }
};

struct LinkKey {
  std::array<std::byte, 5> bytes;

  LinkKey(unsigned level, Slot block) noexcept {
    bytes[0] = static_cast<std::byte>(level);
    store_be32(bytes.data() + 1, block);
  }
};

/// How records lie together. Lists above level 0 always have a value each: few items have them, so
/// that values shared by neighbouring slots would hold little else than gaps.
///
///   apart     rows of `rows_per_value` slots to a value of `vectors`,
///             level-0 lists of `lists_per_value` slots to a value of `links`
///   together  rows of `rows_per_value` slots and then their level-0 lists to a value of `vectors`
///
/// Several lists to a value: for each the LEB128 of its size in bytes plus one (0: no such list),
/// then the lists. One list to a value: the list.
struct Layout {
  bool together = false;
  std::uint32_t rows_per_value = 1;   ///< 1..max_per_value
  std::uint32_t lists_per_value = 1;  ///< likewise; equal to rows_per_value when together

  static constexpr std::uint32_t max_per_value = 4096;
  static constexpr std::uint32_t page = 0;  ///< "as many as a page holds", until it is resolved

  /// `apart(vectors=1, links=1)` or `together(items=1)`, each a number or `page`. Throws
  /// Error{invalid_argument}.
  static Layout parse(std::string_view spec);

  /// Without defaults: "apart", "apart(links=16)".
  std::string spec() const;

  friend bool operator==(const Layout&, const Layout&) = default;
};

inline constexpr std::size_t ids_per_value = 512;

/// What an index is. Written last, so that an index exists when its meta record does.
struct Meta {
  std::string metric;
  std::size_t dimension = 0;
  std::string encoding = "f32";  ///< of the vectors: f32, or bits for hamming
  std::string codec;
  Layout layout;
  std::string order = "insertion";  ///< the policy that numbered the slots
  DegreeBounds bounds;
  std::uint64_t seed = 0;
  std::uint64_t items = 0;
  unsigned top_level = 0;
  std::vector<Slot> entry_points;
  std::vector<std::uint64_t> items_per_level;  ///< [l]: items whose top level is >= l
  std::uint64_t links = 0;                     ///< directed, all levels
  std::string digest;                          ///< graph_digest, 32 hex digits

  /// Whether slots are ids; otherwise the table `ids` holds them.
  bool dense_ids() const noexcept { return order == "insertion"; }

  /// A JSON object (UTF-8), with format_version as "format".
  std::string encode() const;

  /// Throws Error: version (names both versions), corrupt (names `table` and the field).
  static Meta decode(Bytes value, std::string_view table);
};

std::string table_name(std::string_view index, std::string_view part);

}  // namespace skerry::graph
