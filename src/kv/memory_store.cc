#include "kv/memory_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>

#include "kv/names.h"
#include "kv/persistent_tree.h"
#include "kv/writer_lock.h"

namespace skerry::kv {

namespace {

/// All tables of one version.
using State = std::vector<PersistentTree>;

constexpr std::size_t max_value_size = std::numeric_limits<std::uint32_t>::max();

bool known(const State& state, TableId table) {
  return static_cast<std::size_t>(table) < state.size();
}

Code get_from(const State& state, TableId table, Key key, View& view) {
  view = {};
  if (!known(state, table)) return Code::invalid_argument;
  if (!legal_key(key)) return Code::key_size;
  const PersistentTree::Record* record = state[static_cast<std::size_t>(table)].find(key);
  if (record == nullptr) return Code::not_found;
  view = record->view();
  return Code::ok;
}

Code multi_get_from(const State& state, TableId table, std::span<const Key> keys,
                    std::span<View> views) {
  if (keys.size() != views.size()) return Code::invalid_argument;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Code code = get_from(state, table, keys[i], views[i]);
    if (code != Code::ok && code != Code::not_found) return code;
  }
  return Code::ok;
}

/// Walks one version of a table; holds it, so that the version outlives the walk.
class MemoryCursor final : public Cursor {
 public:
  /// `closed`, where given, tells that the transaction behind the tree has ended.
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
    if (record_ == nullptr) return closed_ && *closed_ ? Code::closed : Code::not_found;
    return go([&] { return iterator_.next(); });
  }

  Key key() const override { return record_ ? record_->key_bytes() : Key{}; }

  View value() const override { return record_ ? record_->view() : View{}; }

 private:
  template <class Move>
  Code go(Move&& move) {
    record_ = nullptr;
    if (closed_ && *closed_) return Code::closed;
    record_ = move();
    if (record_ && !starts_with(record_->key_bytes(), prefix_)) record_ = nullptr;
    return record_ ? Code::ok : Code::not_found;
  }

  PersistentTree tree_;
  PersistentTree::Iterator iterator_;
  const PersistentTree::Record* record_ = nullptr;
  std::vector<std::byte> prefix_;
  const bool* closed_;
};

/// A cursor on a table that the store does not have.
class NoCursor final : public Cursor {
 public:
  Code seek(Key) override { return Code::invalid_argument; }

  Code seek_prefix(Key) override { return Code::invalid_argument; }

  Code next() override { return Code::invalid_argument; }

  Key key() const override { return {}; }

  View value() const override { return {}; }
};

class MemorySnapshot final : public Snapshot {
 public:
  MemorySnapshot(std::shared_ptr<const State> state, std::shared_ptr<std::atomic<int>> live)
      : state_(std::move(state)), live_(std::move(live)) {
    ++*live_;
  }

  ~MemorySnapshot() override { --*live_; }

  Code get(TableId table, Key key, Scope&, View& view) const override {
    return get_from(*state_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return multi_get_from(*state_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    if (!known(*state_, table)) return std::make_unique<NoCursor>();
    return std::make_unique<MemoryCursor>((*state_)[static_cast<std::size_t>(table)], nullptr);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

 private:
  std::shared_ptr<const State> state_;
  std::shared_ptr<std::atomic<int>> live_;
};

class MemoryStore final : public Store {
 public:
  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override {
    check_table_name(name);
    const WriterLock::Hold hold(writer_);
    const std::lock_guard guard(mutex_);
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found != names_.end()) return static_cast<TableId>(found - names_.begin());
    auto next = std::make_shared<State>(*state_);
    next->emplace_back();
    names_.emplace_back(name);
    state_ = std::move(next);
    return static_cast<TableId>(names_.size() - 1);
  }

  std::vector<std::string> tables() override {
    const std::lock_guard guard(mutex_);
    std::vector<std::string> sorted = names_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<MemorySnapshot>(current(), live_);
  }

  std::unique_ptr<Transaction> begin() override;
  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override;

  void sync() override {}

  TableStats table_stats(TableId table) override {
    const auto state = current();
    if (!known(*state, table)) throw Error(Code::invalid_argument, "no such table");
    const PersistentTree& tree = (*state)[static_cast<std::size_t>(table)];
    TableStats stats;
    stats.entries = tree.entries();
    stats.key_bytes = tree.key_bytes();
    stats.value_bytes = tree.value_bytes();
    stats.depth = tree.depth();
    return stats;
  }

  std::uint64_t size_on_disk() override {
    std::uint64_t size = 0;
    for (const PersistentTree& tree : *current()) size += tree.key_bytes() + tree.value_bytes();
    return size;
  }

  void drop_caches() override {
    if (*live_ > 0) throw Error(Code::busy, fmt::format("{} snapshots are live", live_->load()));
  }

  void compact_copy(const std::filesystem::path&) override {
    throw Error(Code::unsupported, "a memory store has no files to copy");
  }

  std::uint64_t verify() override {
    std::uint64_t records = 0;
    for (const PersistentTree& tree : *current()) {
      PersistentTree::Iterator iterator(tree);
      for (const auto* record = iterator.seek({}); record; record = iterator.next()) ++records;
    }
    return records;
  }

  std::shared_ptr<const State> current() const {
    const std::lock_guard guard(mutex_);
    return state_;
  }

  void replace(std::shared_ptr<const State> state) {
    const std::lock_guard guard(mutex_);
    state_ = std::move(state);
  }

  std::string name_of(TableId table) const {
    const std::lock_guard guard(mutex_);
    return names_[static_cast<std::size_t>(table)];
  }

  WriterLock& writer() noexcept { return writer_; }

 private:
  Traits traits_{"memory", ViewLife::snapshot, false, false, 0};
  WriterLock writer_;
  mutable std::mutex mutex_;
  std::shared_ptr<const State> state_ = std::make_shared<State>();
  std::vector<std::string> names_;
  std::shared_ptr<std::atomic<int>> live_ = std::make_shared<std::atomic<int>>(0);
};

class MemoryTransaction final : public Transaction {
 public:
  explicit MemoryTransaction(MemoryStore& store)
      : hold_(store.writer()), store_(&store), state_(*store.current()) {}

  Code get(TableId table, Key key, Scope&, View& view) const override {
    view = {};
    return closed_ ? Code::closed : get_from(state_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return closed_ ? Code::closed : multi_get_from(state_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    if (closed_) return std::make_unique<MemoryCursor>(PersistentTree(), &closed_);
    if (!known(state_, table)) return std::make_unique<NoCursor>();
    return std::make_unique<MemoryCursor>(state_[static_cast<std::size_t>(table)], &closed_);
  }

  ViewLife view_life() const noexcept override { return ViewLife::snapshot; }

  Code put(TableId table, Key key, Bytes value) override {
    std::span<std::byte> out;
    const Code code = reserve(table, key, value.size(), out);
    if (code == Code::ok) std::copy(value.begin(), value.end(), out.begin());
    return code;
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    if (const Code code = writable(table, key); code != Code::ok) return code;
    if (size > max_value_size) return Code::invalid_argument;
    out = tree(table).put(key, size);
    return Code::ok;
  }

  Code append(TableId table, Key key, Bytes value) override {
    if (const Code code = writable(table, key); code != Code::ok) return code;
    const PersistentTree::Record* last = tree(table).last();
    if (last && !key_less(last->key_bytes(), key)) return Code::invalid_argument;
    return put(table, key, value);
  }

  Code erase(TableId table, Key key) override {
    if (const Code code = writable(table, key); code != Code::ok) return code;
    tree(table).erase(key);
    return Code::ok;
  }

  Code erase_range(TableId table, Key from, Key to) override {
    if (closed_) return Code::closed;
    if (!known(state_, table)) return Code::invalid_argument;
    const PersistentTree before = tree(table);
    PersistentTree::Iterator iterator(before);
    for (const auto* record = iterator.seek(from); record; record = iterator.next()) {
      if (!to.empty() && !key_less(record->key_bytes(), to)) break;
      tree(table).erase(record->key_bytes());
    }
    return Code::ok;
  }

  void commit(Durability) override {
    if (closed_) throw Error(Code::closed, "the transaction has ended already");
    store_->replace(std::make_shared<const State>(std::move(state_)));
    end();
  }

  void abort() noexcept override { end(); }

 private:
  Code writable(TableId table, Key key) const {
    if (closed_) return Code::closed;
    if (!known(state_, table)) return Code::invalid_argument;
    return legal_key(key) ? Code::ok : Code::key_size;
  }

  PersistentTree& tree(TableId table) { return state_[static_cast<std::size_t>(table)]; }

  void end() noexcept {
    if (closed_) return;
    closed_ = true;
    hold_.release();
  }

  WriterLock::Hold hold_;
  MemoryStore* store_;
  State state_;
  bool closed_ = false;
};

/// Collects records in large blocks and makes full leaves of them at the end.
class MemoryBulk final : public Bulk {
 public:
  MemoryBulk(MemoryStore& store, std::span<const TableId> tables)
      : hold_(store.writer()), store_(&store) {
    const auto state = store.current();
    parts_.resize(state->size());
    for (const TableId table : tables) {
      if (!known(*state, table)) throw Error(Code::invalid_argument, "no such table");
      if ((*state)[static_cast<std::size_t>(table)].entries() != 0) {
        throw Error(Code::invalid_argument, "a bulk load needs an empty table",
                    {.table = store.name_of(table)});
      }
      parts_[static_cast<std::size_t>(table)].open = true;
    }
  }

  Code add(TableId table, Key key, Bytes value) override {
    if (closed_) return Code::closed;
    const auto index = static_cast<std::size_t>(table);
    if (index >= parts_.size() || !parts_[index].open) return Code::invalid_argument;
    if (!legal_key(key)) return Code::key_size;
    if (value.size() > max_value_size) return Code::invalid_argument;
    Part& part = parts_[index];
    if (!part.records.empty() && !key_less(part.records.back().key_bytes(), key)) {
      return Code::invalid_argument;
    }
    std::byte* const at = part.room(key.size() + value.size() + 1);
    std::copy(key.begin(), key.end(), at);
    std::copy(value.begin(), value.end(), at + key.size());
    part.records.push_back({PersistentTree::prefix_of(key), at, at + key.size(),
                            static_cast<std::uint32_t>(key.size()),
                            static_cast<std::uint32_t>(value.size()), part.block});
    return Code::ok;
  }

  void publish() override {
    if (closed_) throw Error(Code::closed, "the bulk load has ended already");
    auto next = std::make_shared<State>(*store_->current());
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].open) (*next)[i].assign(std::move(parts_[i].records));
    }
    store_->replace(std::move(next));
    closed_ = true;
    hold_.release();
  }

 private:
  struct Part {
    bool open = false;
    std::vector<PersistentTree::Record> records;
    std::shared_ptr<std::byte[]> block;
    std::size_t used = 0;
    std::size_t size = 0;

    /// Bytes at an even distance of 8 inside the present block, or in a new one.
    std::byte* room(std::size_t bytes) {
      const std::size_t wanted = (bytes + 7) / 8 * 8;
      if (used + wanted > size) {
        size = std::max<std::size_t>(wanted, std::size_t{4} << 20);
        block = std::shared_ptr<std::byte[]>(new std::byte[size]);
        used = 0;
      }
      std::byte* const at = block.get() + used;
      used += wanted;
      return at;
    }
  };

  WriterLock::Hold hold_;
  MemoryStore* store_;
  std::vector<Part> parts_;
  bool closed_ = false;
};

std::unique_ptr<Transaction> MemoryStore::begin() {
  return std::make_unique<MemoryTransaction>(*this);
}

std::unique_ptr<Bulk> MemoryStore::bulk(std::span<const TableId> tables) {
  return std::make_unique<MemoryBulk>(*this, tables);
}

}  // namespace

std::unique_ptr<Store> open_memory_store(const StoreOptions&) {
  return std::make_unique<MemoryStore>();
}

}  // namespace skerry::kv
