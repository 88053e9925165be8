#pragma once
// What a decorator does where it changes nothing.

#include "kv/store.h"

namespace skerry::kv {

/// Passes every call on to `inner`, which must outlive it. `Base` is Store or an extension of it.
template <class Base>
class ForwardingStore : public Base {
 public:
  explicit ForwardingStore(Store& inner) : inner_(&inner) {}

  const Traits& traits() const noexcept override { return inner_->traits(); }

  TableId table(std::string_view name) override { return inner_->table(name); }

  bool has_table(std::string_view name) override { return inner_->has_table(name); }

  std::vector<std::string> tables() override { return inner_->tables(); }

  std::unique_ptr<Snapshot> snapshot() override { return inner_->snapshot(); }

  std::unique_ptr<Transaction> begin() override { return inner_->begin(); }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    return inner_->bulk(tables);
  }

  void sync() override { inner_->sync(); }

  TableStats table_stats(TableId table) override { return inner_->table_stats(table); }

  std::vector<EngineCounter> engine_counters() override { return inner_->engine_counters(); }

  std::uint64_t size_on_disk() override { return inner_->size_on_disk(); }

  void drop_caches() override { inner_->drop_caches(); }

  void compact_copy(const std::filesystem::path& path) override { inner_->compact_copy(path); }

  std::uint64_t verify() override { return inner_->verify(); }

 protected:
  Store& inner() noexcept { return *inner_; }

 private:
  Store* inner_;
};

}  // namespace skerry::kv
