#pragma once
// Looking many keys up in one committed tree of an LMDB file at once.
//
// mdb_get() goes down a tree one page after the other, and waits for memory at each. The keys of a
// hop have nothing to do with each other: here all of them take a step before any takes the next,
// with the page of the next step asked for ahead, so that the waits of one step overlap. Reads the
// map and knows the format (lmdb_format.h), and nothing of LMDB's own state: for snapshots, whose
// pages stay as they are, not for transactions.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "kv/lmdb_format.h"
#include "kv/store.h"

namespace skerry::kv::lmdb {

/// The pages of a snapshot as they lie in memory. Cheap to copy.
struct PageMap {
  const std::byte* data = nullptr;
  std::uint64_t page_size = 0;
  std::uint64_t pages = 0;  ///< page numbers are below it
};

/// As Snapshot::multi_get(): a miss is a null view. `ok`, key_size, or corrupt where a page is not
/// what the page above it says; no bytes outside of the map are read, whatever it holds.
Code lookup(const PageMap& map, const Tree& tree, std::span<const Key> keys,
            std::span<View> views) noexcept;

}  // namespace skerry::kv::lmdb
