#pragma once
// Rows and lists inside values, for every layout.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/types.h"
#include "graph/layout.h"

namespace skerry::graph {

/// Finds the place of an item by arithmetic on its slot. Immutable.
class Packing {
 public:
  Packing() = default;

  /// `layout` is resolved; an index has `items` slots with rows of `row_bytes` bytes.
  Packing(const Layout& layout, std::size_t items, std::size_t row_bytes)
      : layout_(layout), items_(items), row_bytes_(row_bytes) {}

  bool together() const noexcept { return layout_.together; }

  bool codes_inline() const noexcept { return layout_.codes_inline; }

  std::uint32_t rows_per_value() const noexcept { return layout_.rows_per_value; }

  std::size_t row_bytes() const noexcept { return row_bytes_; }

  std::uint32_t lists_per_value() const noexcept { return layout_.lists_per_value; }

  Slot row_block(Slot slot) const noexcept {
    return layout_.rows_per_value == 1 ? slot : slot / layout_.rows_per_value;
  }

  /// Of level 0; on the levels above it the block is the slot.
  Slot list_block(Slot slot) const noexcept {
    return layout_.lists_per_value == 1 ? slot : slot / layout_.lists_per_value;
  }

  struct Range {
    Slot first = 0;
    Slot last = 0;  ///< exclusive
  };

  Range rows_in(Slot block) const noexcept { return range(block, layout_.rows_per_value); }

  Range lists_in(Slot block) const noexcept { return range(block, layout_.lists_per_value); }

  std::size_t row_blocks() const noexcept { return blocks(layout_.rows_per_value); }

  std::size_t list_blocks() const noexcept { return blocks(layout_.lists_per_value); }

  /// The row of `slot` in the value of its block. corrupt when the value cannot hold its rows.
  Code row(Bytes value, Slot slot, const std::byte*& row) const noexcept;

  /// The level-0 list of `slot` in the value of its block. corrupt when the value is not a sequence
  /// of lists, not_found when it has none for the slot.
  Code list(Bytes value, Slot slot, Bytes& list) const noexcept;

  /// What follows the list in its value: with codes inline, those of its targets.
  static Bytes behind(Bytes value, Bytes list) noexcept {
    return {list.data() + list.size(), value.data() + value.size()};
  }

  /// Appends the value of a block of lists: lists[i] belongs to the i-th slot of the block, which
  /// has none where there[i] is false (`there` empty: all have one). Codes inline are the caller's
  /// to append.
  void pack_lists(std::span<const std::vector<std::byte>> lists, std::vector<std::byte>& value,
                  const std::vector<bool>& there = {}) const;

 private:
  Range range(Slot block, std::uint32_t per_value) const noexcept;

  std::size_t blocks(std::uint32_t per_value) const noexcept {
    return (items_ + per_value - 1) / per_value;
  }

  /// Takes a size off the front of a value; SIZE_MAX when there is none.
  static std::size_t take_size(Bytes& value) noexcept;

  Layout layout_;
  std::size_t items_ = 0;
  std::size_t row_bytes_ = 0;
};

/// The layout with every `page` replaced by the largest number of items of which any value fits a
/// page of `page_size` bytes (0: 4096) less 16 bytes for the page's own header; at least 1.
/// list_bytes[i] is the size of the level-0 list of slot i.
///
/// `fit` is replaced by the smallest number of rows that leaves at most 5 % of the pages that
/// hold them unused; where none to 64 KiB a value does, by the one that leaves least. A value above
/// half a page has pages of its own in LMDB, with one header of 16 bytes before it: any number but
/// the right one wastes up to half of them. Other engines store values without gaps, and any number
/// serves; they get the same one, so that one layout means the same records in every store.
Layout resolve(Layout layout, std::size_t page_size, std::size_t row_bytes,
               std::span<const std::uint32_t> list_bytes);

}  // namespace skerry::graph
