#include "tests/kv/strict_store.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "kv/forwarding_store.h"
#include "tests/kv/lent_values.h"
#include "tests/kv/strict_state.h"

namespace skerry::kv {

namespace {

class StrictCursor final : public Cursor {
 public:
  StrictCursor(std::unique_ptr<Cursor> inner, StrictState& state, StrictSource& source)
      : child_(source.parent),
        inner_(std::move(inner)),
        source_(&source),
        changes_(source.changes),
        values_(std::make_shared<LentValues>(state.grave)) {
    source.lends(values_);
  }

  Code seek(Key key) override {
    return move([&] { return inner_->seek(key); });
  }

  Code seek_prefix(Key prefix) override {
    return move([&] { return inner_->seek_prefix(prefix); });
  }

  Code next() override {
    return move([&] { return inner_->next(); });
  }

 private:
  void check() const {
    home_.check();
    if (source_->changes != changes_) {
      throw Misuse("a cursor is used after a change of its transaction");
    }
  }

  template <class Move>
  Code move(Move&& move) {
    home_.check();
    values_->spoil();
    stand_nowhere();
    const Code code = move();
    if (code == Code::closed) return code;
    check();
    if (code != Code::ok) return code;
    const View key = values_->lend({inner_->key().data(), inner_->key().size()});
    stand(key.bytes(), values_->lend(inner_->value()));
    return code;
  }

  Child child_;
  Home home_{"a cursor"};
  std::unique_ptr<Cursor> inner_;
  StrictSource* source_;
  std::uint64_t changes_;
  std::shared_ptr<LentValues> values_;
};

/// The reading half, for snapshots and transactions.
template <class Base>
class StrictReads : public Base {
 public:
  StrictReads(std::unique_ptr<Base> inner, StrictState& state)
      : child_(state.parent),
        state_(&state),
        inner_(std::move(inner)),
        source_(state),
        known_(state.known()) {}

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    view = {};
    View found;
    Scope used;
    const Code code = checked(table, inner_->get(table, key, used, found));
    if (code == Code::ok) view = source_.values(scope, view_life()).lend(found);
    return code;
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    static constexpr std::byte nothing = spoilt;
    std::fill(views.begin(), views.end(), View{&nothing, 1});
    std::vector<View> found(views.size());
    Scope used;
    const Code code = checked(table, inner_->multi_get(table, keys, found, used));
    if (code != Code::ok) return code;
    LentValues& values = source_.values(scope, view_life());
    std::transform(found.begin(), found.end(), views.begin(),
                   [&](View view) { return values.lend(view); });
    return code;
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    // No table has this number: the inner cursor then refuses as the contract says.
    const TableId asked = known_.contains(table) ? table : TableId{0xffffffffU};
    return std::make_unique<StrictCursor>(inner_->cursor(asked), *state_, source_);
  }

  ViewLife view_life() const noexcept override {
    return std::min(state_->life, inner_->view_life());
  }

 protected:
  Code checked(TableId table, Code code) const {
    if (code != Code::ok && code != Code::not_found) return code;
    return known_.contains(table) ? code : Code::invalid_argument;
  }

  Child child_;
  StrictState* state_;
  std::unique_ptr<Base> inner_;
  mutable StrictSource source_;
  std::set<TableId> known_;
};

using StrictSnapshot = StrictReads<Snapshot>;

class StrictTransaction final : public StrictReads<Transaction> {
 public:
  StrictTransaction(std::unique_ptr<Transaction> inner, StrictState& state)
      : StrictReads(std::move(inner), state), mark_(state), reserved_(state.grave) {}

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    settle();
    return StrictReads::get(table, key, scope, view);
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    settle();
    return StrictReads::multi_get(table, keys, views, scope);
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    settle();
    return StrictReads::cursor(table);
  }

  Code put(TableId table, Key key, Bytes value) override {
    return change(table, [&] { return inner_->put(table, key, value); });
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    const Code code = change(table, [&] { return inner_->reserve(table, key, size, to_); });
    if (code == Code::ok) out = from_ = reserved_.room(size);
    return code;
  }

  Code append(TableId table, Key key, Bytes value) override {
    return change(table, [&] { return inner_->append(table, key, value); });
  }

  Code erase(TableId table, Key key) override {
    return change(table, [&] { return inner_->erase(table, key); });
  }

  Code erase_range(TableId table, Key from, Key to) override {
    return change(table, [&] { return inner_->erase_range(table, from, to); });
  }

  void commit(Durability durability) override {
    settle();
    source_.spoil();
    mark_.release();
    inner_->commit(durability);
  }

  void abort() noexcept override {
    source_.spoil();
    mark_.release();
    inner_->abort();
  }

 private:
  template <class Change>
  Code change(TableId table, Change&& change) {
    settle();
    source_.spoil();
    if (!known_.contains(table)) return Code::invalid_argument;
    ++source_.changes;
    return change();
  }

  /// The caller has written what it reserved by now.
  void settle() const {
    home_.check();
    std::copy(from_.begin(), from_.end(), to_.begin());
    from_ = {};
    reserved_.spoil();
  }

  Home home_{"a transaction"};
  WriterMark mark_;
  mutable LentValues reserved_;
  mutable std::span<std::byte> from_;
  mutable std::span<std::byte> to_;
};

class StrictBulk final : public Bulk {
 public:
  StrictBulk(std::unique_ptr<Bulk> inner, StrictState& state)
      : child_(state.parent), mark_(state), inner_(std::move(inner)) {}

  Code add(TableId table, Key key, Bytes value) override {
    home_.check();
    return inner_->add(table, key, value);
  }

  void publish() override {
    home_.check();
    mark_.release();
    inner_->publish();
  }

 private:
  Child child_;
  Home home_{"a bulk load"};
  WriterMark mark_;
  std::unique_ptr<Bulk> inner_;
};

class StrictStore final : public ForwardingStore<Store> {
 public:
  StrictStore(Store& inner, ViewLife life) : ForwardingStore(inner), traits_(inner.traits()) {
    if (life > traits_.view_life) throw Misuse("the store's views do not live as long as that");
    traits_.view_life = state_.life = life;
  }

  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override {
    {
      const std::lock_guard guard(state_.mutex);
      if (state_.writer == std::this_thread::get_id() && !state_.names.contains(name)) {
        throw Error(Code::busy, "a table is opened while this thread has a writer");
      }
    }
    const TableId id = inner().table(name);
    const std::lock_guard guard(state_.mutex);
    state_.tables.insert(id);
    state_.names.emplace(name);
    return id;
  }

  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<StrictSnapshot>(inner().snapshot(), state_);
  }

  std::unique_ptr<Transaction> begin() override {
    return std::make_unique<StrictTransaction>(inner().begin(), state_);
  }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    return std::make_unique<StrictBulk>(inner().bulk(tables), state_);
  }

 private:
  StrictState state_;
  Traits traits_;
};

}  // namespace

std::unique_ptr<Store> make_strict(Store& inner, ViewLife life) {
  return std::make_unique<StrictStore>(inner, life);
}

}  // namespace skerry::kv
