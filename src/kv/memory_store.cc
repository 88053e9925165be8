#include "kv/memory_store.h"

#include <fmt/format.h>

#include "base/error.h"
#include "kv/memory_bulk.h"
#include "kv/memory_snapshot.h"
#include "kv/memory_transaction.h"
#include "kv/memory_versions.h"
#include "kv/read_through.h"

namespace skerry::kv {

namespace {

class MemoryStore final : public Store {
 public:
  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override { return versions_.table(name); }

  bool has_table(std::string_view name) override { return versions_.has_table(name); }

  std::vector<std::string> tables() override { return versions_.tables(); }

  std::unique_ptr<Snapshot> snapshot() override { return memory_snapshot(versions_); }

  std::unique_ptr<Transaction> begin() override { return memory_transaction(versions_); }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    return memory_bulk(versions_, tables);
  }

  void sync() override {}

  TableStats table_stats(TableId table) override {
    const auto state = versions_.current();
    if (!kv::has_table(*state, table)) throw Error(Code::invalid_argument, "no such table");
    const PersistentTree& tree = (*state)[static_cast<std::size_t>(table)];
    TableStats stats;
    stats.entries = tree.entries();
    stats.key_bytes = tree.key_bytes();
    stats.value_bytes = tree.value_bytes();
    stats.depth = tree.depth();
    return stats;
  }

  std::vector<EngineCounter> engine_counters() override { return {}; }

  std::uint64_t size_on_disk() override {
    std::uint64_t size = 0;
    for (const PersistentTree& tree : *versions_.current()) {
      size += tree.key_bytes() + tree.value_bytes();
    }
    return size;
  }

  void drop_caches() override {
    const WriterLock::Hold hold(versions_.writer());
    if (*versions_.live() > 0) {
      throw Error(Code::busy, fmt::format("{} snapshots are live", versions_.live()->load()));
    }
  }

  void compact_copy(const std::filesystem::path&) override {
    throw Error(Code::unsupported, "a memory store has no files to copy");
  }

  std::uint64_t verify() override { return read_through(*this, {}); }

 private:
  MemoryVersions versions_;
  Traits traits_{"memory", ViewLife::snapshot, false, false, 0};
};

}  // namespace

std::unique_ptr<Store> open_memory_store(const StoreOptions&) {
  return std::make_unique<MemoryStore>();
}

}  // namespace skerry::kv
