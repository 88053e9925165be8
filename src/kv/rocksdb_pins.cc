#include "kv/rocksdb_pins.h"

#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include <algorithm>

namespace skerry::kv {

RocksdbPins::RocksdbPins() = default;

RocksdbPins::~RocksdbPins() = default;

rocksdb::PinnableSlice* RocksdbPins::take(std::size_t count) {
  while (at_ < chunks_.size() && chunks_[at_].size - chunks_[at_].used < count) ++at_;
  if (at_ == chunks_.size()) {
    const std::size_t size = std::max<std::size_t>(64, count);
    chunks_.push_back({std::make_unique<rocksdb::PinnableSlice[]>(size), size, 0});
  }
  Chunk& chunk = chunks_[at_];
  rocksdb::PinnableSlice* const slices = chunk.slices.get() + chunk.used;
  chunk.used += count;
  return slices;
}

void RocksdbPins::reset() noexcept {
  for (std::size_t i = 0; i <= at_ && i < chunks_.size(); ++i) {
    for (std::size_t j = 0; j < chunks_[i].used; ++j) chunks_[i].slices[j].Reset();
    chunks_[i].used = 0;
  }
  at_ = 0;
}

RocksdbPins& rocksdb_pins(Scope& scope, const void* owner) {
  return static_cast<RocksdbPins&>(
      scope.pins(owner, [] { return std::make_unique<RocksdbPins>(); }));
}

}  // namespace skerry::kv
