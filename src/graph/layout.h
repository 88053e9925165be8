#pragma once
// Where the records of one index lie in a store, byte by byte (also docs/format.md).
//
// Tables of an index NAME:
//   NAME.meta     key "meta"                          one record, see graph/meta.h
//   NAME.ids      key 0, block u32                    64 external ids, u64 each
//                 key 1, id u64                       slot u32
//   NAME.dead     key state u8, slot u32              empty; see graph/dead_slots.h
//   NAME.vectors  key block u32                       rows (distance/metric.h), see Layout
//   NAME.codes    key 0 u8                            mean, see distance/encoding.h
//                 key slot u32                        code
//   NAME.links    key level u8, block u32             out-links, ascending, by the codec
//   NAME.reverse  key level u8, slot u32              in-links, where the index keeps them
//   NAME.parents  key slot u32                        rank u64, parent u32, see graph/lineage.h
//   NAME.staged   key id u64                          a row to add, or nothing: to delete
// Numbers in keys are big-endian, in values little-endian.
// A block is a slot divided by the number of items to a value. An item of top level t has a list on
// each of the levels 0..t, also when it is empty. `ids` holds only what differs from slots being
// ids; tables that an index has no use for are not made.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/spec.h"
#include "base/types.h"

namespace skerry::graph {

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
///   inline    as apart, and beside each level-0 list the codes of its targets
///
/// Several lists to a value: for each the LEB128 of its size in bytes plus one (0: no such list),
/// then the lists. One list to a value: the list. With codes inline: the LEB128 of the list's size
/// in bytes, the list, and the codes of its targets in the order of the list. They are those of the
/// table `codes`, once more for each link, so that a hop of a walk by codes reads one record.
struct Layout {
  bool together = false;
  std::uint32_t rows_per_value = 1;   ///< 1..max_per_value
  std::uint32_t lists_per_value = 1;  ///< likewise; equal to rows_per_value when together
  bool codes_inline = false;          ///< of an index that keeps codes, one row or list to a value

  static constexpr std::uint32_t max_per_value = 4096;
  // Words for a number that depends on sizes, until resolve() (graph/packing.h) replaces them.
  static constexpr std::uint32_t page = 0;                 ///< "as many as a page holds"
  static constexpr std::uint32_t fit = ~std::uint32_t{0};  ///< "rows that fill their pages"

  /// `apart(vectors=1, links=1)` or `together(items=1)`, each a number or `page`; `vectors` also
  /// `fit`; or `inline`. Throws Error{invalid_argument}.
  static Layout parse(std::string_view spec);

  /// Whether an index of this layout can be updated.
  bool updatable() const noexcept { return !together && !codes_inline; }

  /// Without defaults: "apart", "apart(links=16)".
  std::string spec() const;

  friend bool operator==(const Layout&, const Layout&) = default;
};

/// What Layout::parse() reads, in the order in which it is listed to people.
std::span<const SpecKind> layout_kinds();

std::string table_name(std::string_view index, std::string_view part);

}  // namespace skerry::graph
