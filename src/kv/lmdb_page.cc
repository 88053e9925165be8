#include "kv/lmdb_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "kv/lmdb_format.h"
#include "kv/store.h"

namespace skerry::kv::lmdb {

std::string Page::read(Bytes bytes, std::uint64_t number) {
  nodes_.clear();
  extents_.clear();
  const auto word = [&](std::size_t at) { return std::size_t{load<std::uint16_t>(&bytes[at])}; };
  if (const auto found = load<std::uint64_t>(bytes.data()); found != number) {
    return fmt::format("it carries the page number {}", found);
  }
  const std::size_t flags = word(10);
  if (flags != branch_page && flags != leaf_page) {
    return fmt::format("its flags are {:#x}; a branch has {:#x}, a leaf {:#x}", flags, branch_page,
                       leaf_page);
  }
  leaf_ = flags == leaf_page;
  const std::size_t lower = word(12);
  const std::size_t upper = word(14);
  if (lower < page_header || lower % 2 != 0 || lower > upper || upper > bytes.size()) {
    return fmt::format("its free space is {}..{} of {} bytes", lower, upper, bytes.size());
  }
  const std::size_t count = (lower - page_header) / 2;
  if (count == 0) return "it has no nodes";
  for (std::size_t i = 0; i < count; ++i) {
    std::string fault = read_node(bytes, i, upper);
    if (!fault.empty()) return fmt::format("node {} of {}: {}", i, count, fault);
  }
  return check_filled(upper, bytes.size());
}

std::string Page::read_node(Bytes bytes, std::size_t index, std::size_t upper) {
  const std::size_t at = load<std::uint16_t>(&bytes[page_header + 2 * index]);
  if (at < upper || at % 2 != 0 || at + node_header > bytes.size()) {
    return fmt::format("its offset is {}; nodes begin at even ones from {}", at, upper);
  }
  const std::byte* header = &bytes[at];
  const std::uint64_t low = load<std::uint16_t>(header);
  const std::uint64_t high = load<std::uint16_t>(header + 2);
  const std::uint64_t flags = load<std::uint16_t>(header + 4);
  const std::size_t key_size = load<std::uint16_t>(header + 6);
  // A branch needs no key for its first child, and keeps an empty one there.
  if (key_size > max_key_size || (key_size == 0 && (leaf_ || index > 0))) {
    return fmt::format("its key has {} bytes", key_size);
  }
  Node node;
  std::size_t in_page = 0;
  if (leaf_) {
    node.flags = static_cast<unsigned>(flags);
    node.size = low | (high << 16);
    if (flags != 0 && flags != big_data && flags != sub_data) {
      return fmt::format("its flags are {:#x} (sorted duplicates are not read)", flags);
    }
    if (flags == sub_data && node.size != Tree::bytes) {
      return fmt::format("the head of a table has {} bytes, not {}", node.size, Tree::bytes);
    }
    in_page = flags == big_data ? sizeof(std::uint64_t) : static_cast<std::size_t>(node.size);
  } else {
    node.child = low | (high << 16) | (flags << 32);
  }
  const std::size_t left = bytes.size() - at - node_header;
  if (key_size > left || in_page > left - key_size) {
    return fmt::format("at {} its key of {} and value of {} bytes leave the page", at, key_size,
                       in_page);
  }
  node.key = bytes.subspan(at + node_header, key_size);
  node.value = bytes.subspan(at + node_header + key_size, in_page);
  const std::size_t size = node_header + key_size + in_page;
  extents_.push_back({at, at + size + size % 2});
  nodes_.push_back(node);
  return {};
}

std::string Page::check_filled(std::size_t upper, std::size_t page_size) {
  std::sort(extents_.begin(), extents_.end(),
            [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
  std::size_t end = upper;
  for (const Extent& extent : extents_) {
    if (extent.begin != end) {
      return fmt::format("its nodes {} at {}", extent.begin < end ? "overlap" : "leave a gap",
                         std::min(extent.begin, end));
    }
    end = extent.end;
  }
  if (end != page_size) return fmt::format("its nodes end at {} of {} bytes", end, page_size);
  return {};
}

}  // namespace skerry::kv::lmdb
