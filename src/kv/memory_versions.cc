#include "kv/memory_versions.h"

#include <algorithm>
#include <optional>

#include "kv/names.h"

namespace skerry::kv {

std::shared_ptr<const MemoryState> MemoryVersions::current() const {
  const std::lock_guard guard(mutex_);
  return state_;
}

void MemoryVersions::replace(std::shared_ptr<const MemoryState> state) {
  const std::lock_guard guard(mutex_);
  state_ = std::move(state);
}

std::optional<TableId> MemoryVersions::find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<TableId>(found - names_.begin());
}

bool MemoryVersions::has_table(std::string_view name) const {
  const std::lock_guard guard(mutex_);
  return find(name).has_value();
}

TableId MemoryVersions::table(std::string_view name) {
  check_table_name(name);
  {
    // A table that is there is had while a transaction of this thread is live, too.
    const std::lock_guard guard(mutex_);
    if (const auto known = find(name)) return *known;
  }
  const WriterLock::Hold hold(writer_);
  const std::lock_guard guard(mutex_);
  if (const auto known = find(name)) return *known;
  auto next = std::make_shared<MemoryState>(*state_);
  next->emplace_back();
  names_.emplace_back(name);
  state_ = std::move(next);
  return static_cast<TableId>(names_.size() - 1);
}

std::vector<std::string> MemoryVersions::tables() const {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> sorted = names_;
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

std::string MemoryVersions::name_of(TableId table) const {
  const std::lock_guard guard(mutex_);
  return names_[static_cast<std::size_t>(table)];
}

}  // namespace skerry::kv
