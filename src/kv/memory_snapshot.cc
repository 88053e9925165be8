#include "kv/memory_snapshot.h"

#include "kv/names.h"
#include "kv/no_cursor.h"

namespace skerry::kv {

Code memory_get(const MemoryState& state, TableId table, Key key, View& view) {
  view = {};
  if (!has_table(state, table)) return Code::invalid_argument;
  if (!legal_key(key)) return Code::key_size;
  const PersistentTree::Record* record = state[static_cast<std::size_t>(table)].find(key);
  if (record == nullptr) return Code::not_found;
  view = record->view();
  return Code::ok;
}

Code memory_multi_get(const MemoryState& state, TableId table, std::span<const Key> keys,
                      std::span<View> views) {
  if (keys.size() != views.size()) return Code::invalid_argument;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Code code = memory_get(state, table, keys[i], views[i]);
    if (code != Code::ok && code != Code::not_found) return code;
  }
  return Code::ok;
}

namespace {

class MemoryCursor final : public Cursor {
 public:
  MemoryCursor(PersistentTree tree, const bool* closed)
      : tree_(std::move(tree)), iterator_(tree_), closed_(closed) {}

  Code seek(Key key) override {
    prefix_.clear();
    return go([&] { return iterator_.seek(key); });
  }

  Code seek_prefix(Key prefix) override {
    prefix_.assign(prefix.begin(), prefix.end());
    return go([&] { return iterator_.seek(prefix); });
  }

  Code next() override {
    if (!placed()) return closed_ && *closed_ ? Code::closed : Code::not_found;
    return go([&] { return iterator_.next(); });
  }

 private:
  template <class Move>
  Code go(Move&& move) {
    stand_nowhere();
    if (closed_ && *closed_) return Code::closed;
    const PersistentTree::Record* const record = move();
    if (!record || !starts_with(record->key_bytes(), prefix_)) return Code::not_found;
    stand(record->key_bytes(), record->view());
    return Code::ok;
  }

  PersistentTree tree_;
  PersistentTree::Iterator iterator_;
  std::vector<std::byte> prefix_;
  const bool* closed_;
};

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(std::shared_ptr<const MemoryState> state, std::shared_ptr<std::atomic<int>> live)
      : state_(std::move(state)), live_(std::move(live)) {
    ++*live_;
  }

  ~MemorySnapshot() override { --*live_; }

  Code get(TableId table, Key key, Scope&, View& view) const override {
    return memory_get(*state_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return memory_multi_get(*state_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    if (!has_table(*state_, table)) return std::make_unique<NoCursor>(Code::invalid_argument);
    return memory_cursor((*state_)[static_cast<std::size_t>(table)], nullptr);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

 private:
  std::shared_ptr<const MemoryState> state_;
  std::shared_ptr<std::atomic<int>> live_;
};

}  // namespace

std::unique_ptr<Cursor> memory_cursor(PersistentTree tree, const bool* closed) {
  return std::make_unique<MemoryCursor>(std::move(tree), closed);
}

std::unique_ptr<Snapshot> memory_snapshot(const MemoryVersions& versions) {
  return std::make_unique<MemorySnapshot>(versions.current(), versions.live());
}

}  // namespace skerry::kv
