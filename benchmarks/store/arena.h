#pragma once
// A store with records that both ways can be tried on, and the keys to ask it for.

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/store/side.h"

namespace skerry::benchmarks {

struct StoreCase {
  std::string name;        ///< "lmdb", "rocksdb", "rocksdb-mapped"
  std::string kind;        ///< of store
  bool read_only = false;  ///< for reads; loads and puts need a writer
};

/// Keys as those of link lists are: a byte for the level, four for the slot.
class Keys {
 public:
  explicit Keys(std::size_t count);

  std::span<const kv::Key> ascending() const noexcept { return ascending_; }

  /// All keys once, shuffled; each run of max_hop keys ascends, as a graph's list of links does.
  std::span<const kv::Key> hops() const noexcept { return hops_; }

 private:
  std::vector<std::array<std::byte, 5>> bytes_;
  std::vector<kv::Key> ascending_;
  std::vector<kv::Key> hops_;
};

/// A store in a directory of its own, which is removed in the end.
class Arena {
 public:
  /// Makes it, empty, below `directory`.
  Arena(const StoreCase& which, const std::filesystem::path& directory);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  Pair& pair() noexcept { return *pair_; }

  /// Loads the main table, opens it as a reader does and reads every record once.
  void fill(const Keys& keys, Bytes value);

 private:
  void open(bool read_only);

  StoreCase which_;
  std::filesystem::path directory_;
  std::unique_ptr<Pair> pair_;
};

}  // namespace skerry::benchmarks
