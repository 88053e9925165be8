#pragma once
// Two stores with equal records, one for each way, and the keys to ask them for.

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

class Pair {
 public:
  /// Makes two empty stores in new directories below `directory`, which are removed in the end.
  Pair(const StoreCase& which, const std::filesystem::path& directory);
  ~Pair();
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  Side& raw() noexcept { return *raw_; }

  Side& interface() noexcept { return *interface_; }

  /// Loads both, opens them as readers do and reads every record once, so that both are warm.
  void fill(const Keys& keys, Bytes value);

 private:
  void open(bool read_only);

  StoreCase which_;
  std::filesystem::path directory_;
  std::unique_ptr<Side> raw_;
  std::unique_ptr<Side> interface_;
};

}  // namespace skerry::benchmarks
