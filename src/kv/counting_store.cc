#include "kv/counting_store.h"

#include <array>
#include <atomic>

#include "kv/forwarding_store.h"

namespace skerry::kv {

namespace {

/// One counter for each field of Counts, shared by everything that a decorator made.
class Tally {
 public:
  enum Field : std::size_t {
    gets,
    multi_gets,
    bytes_read,
    cursor_steps,
    puts,
    bytes_written,
    erases,
    commits,
    fields
  };

  void add(Field field, std::uint64_t amount = 1) noexcept {
    values_[field].fetch_add(amount, std::memory_order_relaxed);
  }

  Counts counts() const noexcept {
    const auto at = [this](Field field) { return values_[field].load(std::memory_order_relaxed); };
    return {at(gets), at(multi_gets),    at(bytes_read), at(cursor_steps),
            at(puts), at(bytes_written), at(erases),     at(commits)};
  }

  void reset() noexcept {
    for (auto& value : values_) value.store(0, std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, fields> values_{};
};

class CountedCursor final : public Cursor {
 public:
  CountedCursor(std::unique_ptr<Cursor> inner, Tally& tally)
      : inner_(std::move(inner)), tally_(&tally) {}

  Code seek(Key key) override { return counted(inner_->seek(key)); }

  Code seek_prefix(Key prefix) override { return counted(inner_->seek_prefix(prefix)); }

  Code next() override { return counted(inner_->next()); }

 private:
  Code counted(Code code) {
    stand(inner_->key(), inner_->value());
    tally_->add(Tally::cursor_steps);
    if (code == Code::ok) tally_->add(Tally::bytes_read, value().size);
    return code;
  }

  std::unique_ptr<Cursor> inner_;
  Tally* tally_;
};

/// The reading half, for snapshots and transactions.
template <class Base>
class CountedReads : public Base {
 public:
  CountedReads(std::unique_ptr<Base> inner, Tally& tally)
      : inner_(std::move(inner)), tally_(&tally) {}

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    const Code code = inner_->get(table, key, scope, view);
    tally_->add(Tally::gets);
    tally_->add(Tally::bytes_read, view.size);
    return code;
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    const Code code = inner_->multi_get(table, keys, views, scope);
    tally_->add(Tally::multi_gets);
    tally_->add(Tally::gets, keys.size());
    std::uint64_t bytes = 0;
    if (code == Code::ok) {
      for (const View& view : views) bytes += view.size;
    }
    tally_->add(Tally::bytes_read, bytes);
    return code;
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    return std::make_unique<CountedCursor>(inner_->cursor(table), *tally_);
  }

  ViewLife view_life() const noexcept override { return inner_->view_life(); }

 protected:
  std::unique_ptr<Base> inner_;
  Tally* tally_;
};

using CountedSnapshot = CountedReads<Snapshot>;

class CountedTransaction final : public CountedReads<Transaction> {
 public:
  using CountedReads::CountedReads;

  Code put(TableId table, Key key, Bytes value) override {
    return counted(inner_->put(table, key, value), key.size() + value.size());
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    return counted(inner_->reserve(table, key, size, out), key.size() + size);
  }

  Code append(TableId table, Key key, Bytes value) override {
    return counted(inner_->append(table, key, value), key.size() + value.size());
  }

  Code erase(TableId table, Key key) override {
    tally_->add(Tally::erases);
    return inner_->erase(table, key);
  }

  Code erase_range(TableId table, Key from, Key to) override {
    tally_->add(Tally::erases);
    return inner_->erase_range(table, from, to);
  }

  void commit(Durability durability) override {
    inner_->commit(durability);
    tally_->add(Tally::commits);
  }

  void abort() noexcept override { inner_->abort(); }

 private:
  Code counted(Code code, std::uint64_t bytes) {
    if (code == Code::ok) {
      tally_->add(Tally::puts);
      tally_->add(Tally::bytes_written, bytes);
    }
    return code;
  }
};

class CountedBulk final : public Bulk {
 public:
  CountedBulk(std::unique_ptr<Bulk> inner, Tally& tally)
      : inner_(std::move(inner)), tally_(&tally) {}

  Code add(TableId table, Key key, Bytes value) override {
    const Code code = inner_->add(table, key, value);
    if (code == Code::ok) {
      tally_->add(Tally::puts);
      tally_->add(Tally::bytes_written, key.size() + value.size());
    }
    return code;
  }

  void publish() override {
    inner_->publish();
    tally_->add(Tally::commits);
  }

 private:
  std::unique_ptr<Bulk> inner_;
  Tally* tally_;
};

class Counting final : public ForwardingStore<CountingStore> {
 public:
  using ForwardingStore::ForwardingStore;

  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<CountedSnapshot>(inner().snapshot(), tally_);
  }

  std::unique_ptr<Transaction> begin() override {
    return std::make_unique<CountedTransaction>(inner().begin(), tally_);
  }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    return std::make_unique<CountedBulk>(inner().bulk(tables), tally_);
  }

  Counts counts() const override { return tally_.counts(); }

  void reset() override { tally_.reset(); }

 private:
  Tally tally_;
};

}  // namespace

std::unique_ptr<CountingStore> count(Store& inner) { return std::make_unique<Counting>(inner); }

}  // namespace skerry::kv
