#pragma once
// The bytes of an LMDB 0.9 data file: format version 1, 64-bit words, little-endian.
// Source: MDB_page, MDB_node, MDB_db and MDB_meta in mdb.c of LMDB 0.9.24.

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace skerry::kv::lmdb {

inline constexpr std::uint32_t magic = 0xBEEFC0DE;
inline constexpr std::uint32_t data_version = 1;
inline constexpr std::uint64_t no_page = ~std::uint64_t{0};
inline constexpr std::uint64_t meta_pages = 2;  ///< pages 0 and 1
inline constexpr std::size_t smallest_page = 512;
inline constexpr std::size_t largest_page = 32768;
inline constexpr unsigned deepest_tree = 32;  ///< a cursor of LMDB has room for no more

// Every page but those within an overflow run starts with: number u64, pad u16, flags u16, then
// lower u16 and upper u16 (branch, leaf) or the number of pages of the run u32 (overflow).
// Byte offsets of the nodes follow, u16 each, up to `lower`; the nodes lie from `upper` to the end.
inline constexpr std::size_t page_header = 16;
inline constexpr unsigned branch_page = 0x01;
inline constexpr unsigned leaf_page = 0x02;
inline constexpr unsigned overflow_page = 0x04;
inline constexpr unsigned meta_page = 0x08;

// A node: low u16, high u16, flags u16, size of the key u16, key, value. In a leaf (high, low) is
// the size of the value; in a branch (flags, high, low) is the child's page number, and the key is
// the smallest that the child may hold. Nodes begin at even offsets.
inline constexpr std::size_t node_header = 8;
inline constexpr unsigned big_data = 0x01;  ///< the value is the u64 number of an overflow page
inline constexpr unsigned sub_data = 0x02;  ///< the value is the Tree of a named table

/// The head of a tree (MDB_db).
struct Tree {
  static constexpr std::size_t bytes = 48;

  std::uint32_t pad = 0;  ///< in the tree of free pages: the page size
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t overflow_pages = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = no_page;

  static Tree load(const std::byte* from) noexcept {
    Tree tree;
    tree.pad = skerry::load<std::uint32_t>(from);
    tree.flags = skerry::load<std::uint16_t>(from + 4);
    tree.depth = skerry::load<std::uint16_t>(from + 6);
    tree.branch_pages = skerry::load<std::uint64_t>(from + 8);
    tree.leaf_pages = skerry::load<std::uint64_t>(from + 16);
    tree.overflow_pages = skerry::load<std::uint64_t>(from + 24);
    tree.entries = skerry::load<std::uint64_t>(from + 32);
    tree.root = skerry::load<std::uint64_t>(from + 40);
    return tree;
  }
};

/// What follows the header of a meta page (MDB_meta).
struct Meta {
  static constexpr std::size_t bytes = 136;

  std::uint32_t magic = 0;
  std::uint32_t version = 0;
  std::uint64_t map_size = 0;
  Tree free;  ///< u64 transaction -> u64 count, page numbers u64 each, descending
  Tree main;  ///< the unnamed table; the names of the others are records in it
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;  ///< an even one is committed in page 0, an odd one in page 1

  static Meta load(const std::byte* from) noexcept {
    Meta meta;
    meta.magic = skerry::load<std::uint32_t>(from);
    meta.version = skerry::load<std::uint32_t>(from + 4);
    meta.map_size = skerry::load<std::uint64_t>(from + 16);
    meta.free = Tree::load(from + 24);
    meta.main = Tree::load(from + 72);
    meta.last_page = skerry::load<std::uint64_t>(from + 120);
    meta.transaction = skerry::load<std::uint64_t>(from + 128);
    return meta;
  }

  std::uint64_t page_size() const noexcept { return free.pad; }
};

/// Pages of the overflow run of a value of `size` bytes; only the first has a header.
constexpr std::uint64_t overflow_pages(std::uint64_t size, std::uint64_t page_size) noexcept {
  return (page_header - 1 + size) / page_size + 1;
}

}  // namespace skerry::kv::lmdb
