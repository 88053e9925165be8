#pragma once
// What a Scope holds for RocksDB: slices that pin blocks of its cache.

#include <memory>
#include <vector>

#include "kv/store.h"

namespace rocksdb {
class PinnableSlice;
class Slice;
class Status;
}  // namespace rocksdb

namespace skerry::kv {

/// Pinned slices in chunks that never move.
class RocksdbPins final : public Scope::Pins {
 public:
  RocksdbPins();
  ~RocksdbPins() override;

  /// `count` slices in a row, unpinned.
  rocksdb::PinnableSlice* take(std::size_t count);

  void reset() noexcept override;

  // Reused by multi_get.
  std::vector<rocksdb::Slice> keys;
  std::vector<rocksdb::Status> statuses;

 private:
  struct Chunk {
    std::unique_ptr<rocksdb::PinnableSlice[]> slices;
    std::size_t size;
    std::size_t used;
  };

  std::vector<Chunk> chunks_;
  std::size_t at_ = 0;
};

/// The pins of `scope` that belong to one snapshot or transaction.
RocksdbPins& rocksdb_pins(Scope& scope, const void* owner);

/// Of a Slice or PinnableSlice; a template so that this header needs neither.
template <class Slice>
View rocksdb_view(const Slice& slice) noexcept {
  return {reinterpret_cast<const std::byte*>(slice.data()), slice.size()};
}

}  // namespace skerry::kv
