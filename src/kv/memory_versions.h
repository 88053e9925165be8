#pragma once
// The committed state of a memory store, and the snapshots and the writer that come and go with it.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kv/persistent_tree.h"
#include "kv/store.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

/// All tables of one version, by TableId.
using MemoryState = std::vector<PersistentTree>;

inline bool has_table(const MemoryState& state, TableId table) noexcept {
  return static_cast<std::size_t>(table) < state.size();
}

/// A version is immutable once it is here; who holds a pointer to one keeps it.
class MemoryVersions {
 public:
  std::shared_ptr<const MemoryState> current() const;

  /// The caller holds writer().
  void replace(std::shared_ptr<const MemoryState> state);

  /// Makes the table if it is missing.
  TableId table(std::string_view name);

  bool has_table(std::string_view name) const;

  /// Ascending.
  std::vector<std::string> tables() const;

  std::string name_of(TableId table) const;

  WriterLock& writer() noexcept { return writer_; }

  /// Counts live snapshots; shared, since a snapshot may outlive the store.
  const std::shared_ptr<std::atomic<int>>& live() const noexcept { return live_; }

 private:
  /// The caller holds mutex_.
  std::optional<TableId> find(std::string_view name) const;

  WriterLock writer_;
  mutable std::mutex mutex_;
  std::shared_ptr<const MemoryState> state_ = std::make_shared<MemoryState>();
  std::vector<std::string> names_;
  std::shared_ptr<std::atomic<int>> live_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace skerry::kv
