#include "graph/packing.h"

#include <algorithm>
#include <limits>

namespace skerry::graph {

namespace {

constexpr std::size_t page_header = 16;  // of LMDB; RocksDB's blocks have a trailer of 5
constexpr std::size_t usual_page = 4096;
constexpr std::size_t no_size = std::numeric_limits<std::size_t>::max();

/// Bytes of the LEB128 of a number.
std::size_t leb_bytes(std::uint32_t number) {
  std::size_t bytes = 1;
  for (; number >= 0x80; number >>= 7) ++bytes;
  return bytes;
}

void put_size(std::size_t number, std::vector<std::byte>& out) {
  for (; number >= 0x80; number >>= 7) out.push_back(static_cast<std::byte>(number | 0x80));
  out.push_back(static_cast<std::byte>(number));
}

std::uint32_t largest_that_fits(std::size_t capacity, std::size_t row_bytes, bool with_rows,
                                std::span<const std::uint32_t> list_bytes) {
  const auto fits = [&](std::uint32_t per_value) {
    for (std::size_t first = 0; first < list_bytes.size(); first += per_value) {
      const std::size_t last = std::min(first + per_value, list_bytes.size());
      std::size_t bytes = with_rows ? (last - first) * row_bytes : 0;
      for (std::size_t i = first; i < last; ++i) {
        bytes += list_bytes[i] + (per_value > 1 ? leb_bytes(list_bytes[i] + 1) : 0);
      }
      if (bytes > capacity) return false;
    }
    return true;
  };
  std::size_t total = list_bytes.size() * (with_rows ? row_bytes : 0);
  for (const std::uint32_t bytes : list_bytes) total += bytes + leb_bytes(bytes + 1);
  // No number above that of lists of the mean size can fit all blocks.
  const std::size_t mean =
      std::max<std::size_t>(1, total / std::max<std::size_t>(1, list_bytes.size()));
  auto per_value = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(capacity / mean, 1, Layout::max_per_value));
  while (per_value > 1 && !fits(per_value)) --per_value;
  return per_value;
}

/// The number of rows to a value that Layout::fit stands for.
std::uint32_t fitting_rows(std::size_t page_size, std::size_t row_bytes) {
  constexpr std::size_t largest_value = std::size_t{64} << 10;
  constexpr double least_used = 0.95;
  std::uint32_t best = 1;
  double best_used = 0;
  const std::size_t most = std::min<std::size_t>(
      largest_value / std::max<std::size_t>(1, row_bytes), Layout::max_per_value);
  for (std::uint32_t count = 1; count <= most; ++count) {
    const std::size_t used = count * row_bytes;
    const std::size_t pages = (page_header + used + page_size - 1) / page_size;
    const double share = static_cast<double>(used) / static_cast<double>(pages * page_size);
    if (share > best_used) {
      best = count;
      best_used = share;
    }
    if (share >= least_used) break;
  }
  return best;
}

}  // namespace

Packing::Range Packing::range(Slot block, std::uint32_t per_value) const noexcept {
  const std::size_t first = std::min(std::size_t{block} * per_value, items_);
  return {static_cast<Slot>(first), static_cast<Slot>(std::min(first + per_value, items_))};
}

std::size_t Packing::take_size(Bytes& value) noexcept {
  std::size_t size = 0;
  for (unsigned shift = 0; shift < 28 && !value.empty(); shift += 7) {
    const auto byte = std::to_integer<std::size_t>(value.front());
    value = value.subspan(1);
    size |= (byte & 0x7f) << shift;
    if (byte < 0x80) return size;
  }
  return no_size;
}

Code Packing::row(Bytes value, Slot slot, const std::byte*& row) const noexcept {
  if (layout_.rows_per_value == 1) {
    if (layout_.together ? value.size() < row_bytes_ : value.size() != row_bytes_) {
      return Code::corrupt;
    }
    row = value.data();
    return Code::ok;
  }
  const Range range = rows_in(row_block(slot));
  const std::size_t rows = (range.last - range.first) * row_bytes_;
  if (layout_.together ? value.size() < rows : value.size() != rows) return Code::corrupt;
  row = value.data() + (slot - range.first) * row_bytes_;
  return Code::ok;
}

Code Packing::list(Bytes value, Slot slot, Bytes& list) const noexcept {
  const Range range = lists_in(list_block(slot));
  if (layout_.together) {
    const std::size_t rows = (range.last - range.first) * row_bytes_;
    if (value.size() < rows) return Code::corrupt;
    value = value.subspan(rows);
  }
  if (layout_.codes_inline) {
    const std::size_t size = take_size(value);
    if (size > value.size()) return Code::corrupt;
    list = value.first(size);
    return Code::ok;
  }
  if (layout_.lists_per_value == 1) {
    list = value;
    return Code::ok;
  }
  std::size_t before = 0;
  std::size_t all = 0;
  std::size_t own = 0;
  for (Slot other = range.first; other < range.last; ++other) {
    const std::size_t size = take_size(value);
    if (size == no_size) return Code::corrupt;
    if (other == slot) {
      own = size;
      before = all;
    }
    if (size > 0) all += size - 1;
  }
  if (all != value.size()) return Code::corrupt;
  if (own == 0) return Code::not_found;
  list = value.subspan(before, own - 1);
  return Code::ok;
}

void Packing::pack_lists(std::span<const std::vector<std::byte>> lists,
                         std::vector<std::byte>& value, const std::vector<bool>& there) const {
  if (layout_.codes_inline) put_size(lists[0].size(), value);
  for (std::size_t i = 0; layout_.lists_per_value > 1 && i < lists.size(); ++i) {
    if (there.empty() || there[i]) {
      put_size(lists[i].size() + 1, value);
    } else {
      put_size(0, value);
    }
  }
  for (const std::vector<std::byte>& list : lists) {
    value.insert(value.end(), list.begin(), list.end());
  }
}

Layout resolve(Layout layout, std::size_t page_size, std::size_t row_bytes,
               std::span<const std::uint32_t> list_bytes) {
  if (page_size == 0) page_size = usual_page;
  const std::size_t capacity = page_size - page_header;
  if (layout.lists_per_value == Layout::page) {
    layout.lists_per_value = largest_that_fits(capacity, row_bytes, layout.together, list_bytes);
  }
  if (layout.together) {
    layout.rows_per_value = layout.lists_per_value;
  } else if (layout.rows_per_value == Layout::page) {
    layout.rows_per_value = static_cast<std::uint32_t>(std::clamp<std::size_t>(
        capacity / std::max<std::size_t>(1, row_bytes), 1, Layout::max_per_value));
  } else if (layout.rows_per_value == Layout::fit) {
    layout.rows_per_value = fitting_rows(page_size, row_bytes);
  }
  return layout;
}

}  // namespace skerry::graph
