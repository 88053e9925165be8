#pragma once
// One branch or leaf page of an LMDB file, out of bytes that nobody vouches for.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace skerry::kv::lmdb {

/// Keys and values point into the page's bytes.
struct Node {
  Bytes key;
  unsigned flags = 0;       ///< big_data or sub_data or 0; in a branch always 0
  std::uint64_t child = 0;  ///< of a branch: page number
  std::uint64_t size = 0;   ///< of a leaf: of the value, wherever it lies
  Bytes value;              ///< of a leaf: what lies in the page (8 bytes of a big value)
};

/// A page that was checked as a whole before any of it is believed: number, flags, bounds, and
/// that its nodes fill the space from `upper` to its end without gap or overlap, as LMDB keeps
/// them. Reusable: read() forgets the page before.
class Page {
 public:
  /// Says what is wrong, or nothing. After a fault nodes() has those before the faulty one, for
  /// the sake of their keys. `bytes` must stay while nodes() is used.
  std::string read(Bytes bytes, std::uint64_t number);

  bool leaf() const noexcept { return leaf_; }

  const std::vector<Node>& nodes() const noexcept { return nodes_; }

 private:
  struct Extent {
    std::size_t begin, end;
  };

  std::string read_node(Bytes bytes, std::size_t index, std::size_t upper);
  std::string check_filled(std::size_t upper, std::size_t page_size);

  bool leaf_ = false;
  std::vector<Node> nodes_;
  std::vector<Extent> extents_;
};

}  // namespace skerry::kv::lmdb
