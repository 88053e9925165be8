#pragma once
// The ordered map of the memory store: a B+ tree whose versions share what they have in common.

#include <cstdint>
#include <memory>
#include <vector>

#include "kv/store.h"

namespace skerry::kv {

/// A value type: copying a tree is one pointer, and a copy never sees later changes of the other.
/// Changing one copies the nodes on the way from the root that another copy still holds, and
/// changes the others in place. Records stay where they are for as long as some copy holds them.
///
/// Threads: distinct copies may be used, changed and destroyed by distinct threads.
class PersistentTree {
 public:
  struct Node;

  /// One record. `owner` keeps the bytes of key and value.
  struct Record {
    std::uint64_t prefix;  ///< first 8 bytes of the key, big-endian, zero-padded
    const std::byte* key;
    const std::byte* value;
    std::uint32_t key_size;
    std::uint32_t value_size;
    std::shared_ptr<const std::byte[]> owner;

    Key key_bytes() const noexcept { return {key, key_size}; }

    View view() const noexcept { return {value, value_size}; }
  };

  /// The record, or null. Lives as long as this tree or a copy of it holds it.
  const Record* find(Key key) const noexcept;

  /// Inserts or replaces; returns the bytes of the value, to be written by the caller at once.
  std::span<std::byte> put(Key key, std::size_t value_size);

  /// Whether there was such a record.
  bool erase(Key key);

  const Record* last() const noexcept;

  std::uint64_t entries() const noexcept { return entries_; }

  std::uint64_t key_bytes() const noexcept { return key_bytes_; }

  std::uint64_t value_bytes() const noexcept { return value_bytes_; }

  std::uint32_t depth() const noexcept;

  /// Full leaves from ascending records; replaces the whole tree.
  void assign(std::vector<Record> ascending);

  static std::uint64_t prefix_of(Key key) noexcept;

  /// A place in one version of the tree, which must outlive it.
  class Iterator {
   public:
    explicit Iterator(const PersistentTree& tree) : tree_(&tree) {}

    /// The first record with a key >= `key`, or null.
    const Record* seek(Key key);

    /// The next record, or null at the end.
    const Record* next();

   private:
    struct Step {
      const Node* node;
      std::size_t child;
    };

    const PersistentTree* tree_;
    std::vector<Step> path_;  // from the root to a leaf
  };

 private:
  std::shared_ptr<Node> root_;
  std::uint64_t entries_ = 0;
  std::uint64_t key_bytes_ = 0;
  std::uint64_t value_bytes_ = 0;
};

}  // namespace skerry::kv
