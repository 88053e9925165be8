#include "kv/memory_transaction.h"

#include <algorithm>

#include "base/error.h"
#include "kv/memory_snapshot.h"
#include "kv/names.h"
#include "kv/no_cursor.h"

namespace skerry::kv {

namespace {

class MemoryTransaction final : public Transaction {
 public:
  explicit MemoryTransaction(MemoryVersions& versions)
      : hold_(versions.writer()), versions_(&versions), state_(*versions.current()) {}

  Code get(TableId table, Key key, Scope&, View& view) const override {
    view = {};
    return closed_ ? Code::closed : memory_get(state_, table, key, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope&) const override {
    return closed_ ? Code::closed : memory_multi_get(state_, table, keys, views);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    if (closed_) return memory_cursor(PersistentTree(), &closed_);
    if (!has_table(state_, table)) return std::make_unique<NoCursor>(Code::invalid_argument);
    return memory_cursor(state_[static_cast<std::size_t>(table)], &closed_);
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
    if (!has_table(state_, table)) return Code::invalid_argument;
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
    versions_->replace(std::make_shared<const MemoryState>(std::move(state_)));
    end();
  }

  void abort() noexcept override { end(); }

 private:
  Code writable(TableId table, Key key) const {
    if (closed_) return Code::closed;
    if (!has_table(state_, table)) return Code::invalid_argument;
    return legal_key(key) ? Code::ok : Code::key_size;
  }

  PersistentTree& tree(TableId table) { return state_[static_cast<std::size_t>(table)]; }

  void end() noexcept {
    if (closed_) return;
    closed_ = true;
    hold_.release();
  }

  WriterLock::Hold hold_;
  MemoryVersions* versions_;
  MemoryState state_;
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Transaction> memory_transaction(MemoryVersions& versions) {
  return std::make_unique<MemoryTransaction>(versions);
}

}  // namespace skerry::kv
