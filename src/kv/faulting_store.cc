#include "kv/faulting_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>

#include "base/random.h"
#include "kv/forwarding_store.h"

namespace skerry::kv {

namespace {

constexpr std::size_t call_kinds = static_cast<std::size_t>(Call::sync) + 1;

/// The faults that are set, shared by everything that a decorator made.
class Plan {
 public:
  void set(Call call, const Fault& fault) {
    Entry& entry = entries_[static_cast<std::size_t>(call)];
    entry.fault = fault;
    entry.calls = 0;
  }

  void clear() {
    for (Entry& entry : entries_) entry.fault = {};
  }

  /// Counts a call; ok lets it pass.
  Code next(Call call) noexcept {
    Entry& entry = entries_[static_cast<std::size_t>(call)];
    const std::uint64_t n = entry.calls.fetch_add(1, std::memory_order_relaxed) + 1;
    const Fault& fault = entry.fault;
    const bool drawn = fault.one_in != 0 && hash64(fault.seed, n) % fault.one_in == 0;
    if (n != fault.nth && !drawn) return Code::ok;
    failed_.fetch_add(1, std::memory_order_relaxed);
    return fault.code;
  }

  void pass(Call call, std::string_view what) {
    if (const Code code = next(call); code != Code::ok) throw_fault(code, what);
  }

  [[noreturn]] static void throw_fault(Code code, std::string_view what) {
    throw Error(code, fmt::format("{} was made to fail", what));
  }

  std::uint64_t failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    Fault fault;
    std::atomic<std::uint64_t> calls{0};
  };

  std::array<Entry, call_kinds> entries_;
  std::atomic<std::uint64_t> failed_{0};
};

class FaultyCursor final : public Cursor {
 public:
  FaultyCursor(std::unique_ptr<Cursor> inner, Plan& plan)
      : inner_(std::move(inner)), plan_(&plan) {}

  Code seek(Key key) override {
    return step([&] { return inner_->seek(key); });
  }

  Code seek_prefix(Key prefix) override {
    return step([&] { return inner_->seek_prefix(prefix); });
  }

  Code next() override {
    if (lost_) return Code::not_found;
    return step([&] { return inner_->next(); });
  }

 private:
  template <class Move>
  Code step(Move&& move) {
    stand_nowhere();
    const Code fault = plan_->next(Call::step);
    lost_ = fault != Code::ok;
    if (lost_) return fault;
    const Code code = move();
    stand(inner_->key(), inner_->value());
    return code;
  }

  std::unique_ptr<Cursor> inner_;
  Plan* plan_;
  bool lost_ = false;  // stands nowhere since a move failed
};

/// The reading half, for snapshots and transactions.
template <class Base>
class FaultyReads : public Base {
 public:
  FaultyReads(std::unique_ptr<Base> inner, Plan& plan) : inner_(std::move(inner)), plan_(&plan) {}

  Code get(TableId table, Key key, Scope& scope, View& view) const override {
    view = {};
    const Code code = plan_->next(Call::get);
    return code == Code::ok ? inner_->get(table, key, scope, view) : code;
  }

  Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                 Scope& scope) const override {
    std::fill(views.begin(), views.end(), View{});
    const Code code = plan_->next(Call::multi_get);
    return code == Code::ok ? inner_->multi_get(table, keys, views, scope) : code;
  }

  std::unique_ptr<Cursor> cursor(TableId table) const override {
    return std::make_unique<FaultyCursor>(inner_->cursor(table), *plan_);
  }

  ViewLife view_life() const noexcept override { return inner_->view_life(); }

 protected:
  std::unique_ptr<Base> inner_;
  Plan* plan_;
};

using FaultySnapshot = FaultyReads<Snapshot>;

class FaultyTransaction final : public FaultyReads<Transaction> {
 public:
  using FaultyReads::FaultyReads;

  Code put(TableId table, Key key, Bytes value) override {
    const Code code = change(Call::put);
    return code == Code::ok ? inner_->put(table, key, value) : code;
  }

  Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) override {
    const Code code = change(Call::put);
    return code == Code::ok ? inner_->reserve(table, key, size, out) : code;
  }

  Code append(TableId table, Key key, Bytes value) override {
    const Code code = change(Call::put);
    return code == Code::ok ? inner_->append(table, key, value) : code;
  }

  Code erase(TableId table, Key key) override {
    const Code code = change(Call::erase);
    return code == Code::ok ? inner_->erase(table, key) : code;
  }

  Code erase_range(TableId table, Key from, Key to) override {
    const Code code = change(Call::erase);
    return code == Code::ok ? inner_->erase_range(table, from, to) : code;
  }

  void commit(Durability durability) override {
    const Code code = doomed_ != Code::ok ? doomed_ : plan_->next(Call::commit);
    doomed_ = Code::ok;
    if (code != Code::ok) {
      inner_->abort();
      Plan::throw_fault(code, "the transaction");
    }
    inner_->commit(durability);
  }

  void abort() noexcept override {
    doomed_ = Code::ok;
    inner_->abort();
  }

 private:
  Code change(Call call) {
    const Code code = plan_->next(call);
    if (doomed_ == Code::ok) doomed_ = code;
    return code;
  }

  Code doomed_ = Code::ok;
};

class FaultyBulk final : public Bulk {
 public:
  FaultyBulk(std::unique_ptr<Bulk> inner, Plan& plan) : inner_(std::move(inner)), plan_(&plan) {}

  Code add(TableId table, Key key, Bytes value) override {
    if (!inner_) return Code::closed;
    const Code code = plan_->next(Call::add);
    if (doomed_ == Code::ok) doomed_ = code;
    return code == Code::ok ? inner_->add(table, key, value) : code;
  }

  void publish() override {
    if (!inner_) throw Error(Code::closed, "the bulk load has ended already");
    const Code code = doomed_ != Code::ok ? doomed_ : plan_->next(Call::publish);
    if (code != Code::ok) {
      inner_.reset();
      Plan::throw_fault(code, "the bulk load");
    }
    inner_->publish();
  }

 private:
  std::unique_ptr<Bulk> inner_;
  Plan* plan_;
  Code doomed_ = Code::ok;
};

class Faulting final : public ForwardingStore<FaultingStore> {
 public:
  using ForwardingStore::ForwardingStore;

  TableId table(std::string_view name) override {
    plan_.pass(Call::table, "opening a table");
    return inner().table(name);
  }

  std::unique_ptr<Snapshot> snapshot() override {
    plan_.pass(Call::snapshot, "a snapshot");
    return std::make_unique<FaultySnapshot>(inner().snapshot(), plan_);
  }

  std::unique_ptr<Transaction> begin() override {
    plan_.pass(Call::begin, "the beginning of a transaction");
    return std::make_unique<FaultyTransaction>(inner().begin(), plan_);
  }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    plan_.pass(Call::bulk, "the beginning of a bulk load");
    return std::make_unique<FaultyBulk>(inner().bulk(tables), plan_);
  }

  void sync() override {
    plan_.pass(Call::sync, "a sync");
    inner().sync();
  }

  void fail(Call call, const Fault& fault) override {
    if (fault.code == Code::ok || fault.code == Code::not_found) {
      throw Error(Code::invalid_argument, fmt::format("`{}` is no failure", name(fault.code)));
    }
    plan_.set(call, fault);
  }

  void heal() override { plan_.clear(); }

  std::uint64_t failed() const override { return plan_.failed(); }

 private:
  Plan plan_;
};

}  // namespace

std::unique_ptr<FaultingStore> with_faults(Store& inner) {
  return std::make_unique<Faulting>(inner);
}

}  // namespace skerry::kv
