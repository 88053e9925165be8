#include "kv/prefix_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "kv/forwarding_store.h"
#include "kv/names.h"
#include "kv/open_store.h"
#include "kv/prefix_key.h"
#include "kv/prefix_reads.h"
#include "kv/prefix_register.h"
#include "kv/prefix_writes.h"

namespace skerry::kv {

namespace {

constexpr std::string_view shared_index = "shared";
constexpr std::string_view register_part = "names";

struct TableName {
  std::string_view index;
  std::string_view part;
};

std::optional<TableName> split(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || dot + 1 == name.size()) return std::nullopt;
  return TableName{name.substr(0, dot), name.substr(dot + 1)};
}

std::string join(std::string_view index, std::string_view part) {
  return fmt::format("{}.{}", index, part);
}

void check(Code code, std::string_view doing, std::string_view index) {
  if (code == Code::ok) return;
  throw Error(code, fmt::format("{} index `{}` failed: {}", doing, index, name(code)),
              {.table = std::string(prefix_register_table)});
}

std::uint64_t scaled(std::uint64_t whole, double share) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(whole) * share));
}

class Prefixes final : public ForwardingStore<PrefixStore> {
 public:
  Prefixes(Store& inner, std::unique_ptr<Store> owned)
      : ForwardingStore(inner), owned_(std::move(owned)), traits_(inner.traits()) {
    const bool known = has_prefixes(inner);
    for (const std::string& table : inner.tables()) {
      const std::optional<TableName> name = split(table);
      if (!name) continue;
      if (name->index != shared_index) {
        with_own_tables_.emplace(name->index);
      } else if (!known) {
        throw Error(Code::invalid_argument,
                    "the store has an index `shared`, whose tables have the names that tables "
                    "shared by prefix need",
                    {.table = table});
      }
    }
    names_ = inner.table(prefix_register_table);
    traits_.longest_key = std::min(traits_.longest_key, longest_prefixed_key);
  }

  const Traits& traits() const noexcept override { return traits_; }

  TableId table(std::string_view name) override {
    check_table_name(name);
    const std::optional<TableName> shared = shared_name(name);
    if (shared && shared->part == register_part) {
      throw Error(Code::invalid_argument,
                  "no index of a store with prefixes can have a table `names`; the store keeps its "
                  "register of indexes under that name",
                  {.table = std::string(name)});
    }
    if (!shared) return checked(inner().table(name), name);
    if (const std::optional<TableId> known = opened(name)) return *known;
    const TableId below = checked(inner().table(join(shared_index, shared->part)), name);
    const TableId id = shared_table(below, prefix(*shared));
    const std::lock_guard guard(mutex_);
    opened_.insert_or_assign(std::string(name), id);
    return id;
  }

  bool has_table(std::string_view name) override {
    const std::optional<TableName> shared = shared_name(name);
    if (!shared) return inner().has_table(name);
    if (!legal_table_name(name)) return false;
    if (opened(name)) return true;
    const std::optional<PrefixEntry> entry = find_entry(*inner().snapshot(), names_, shared->index);
    return entry && entry->parts.contains(shared->part);
  }

  std::vector<std::string> tables() override {
    std::vector<std::string> all = inner().tables();
    std::erase_if(all, [](const std::string& table) {
      const std::optional<TableName> name = split(table);
      return name && name->index == shared_index;
    });
    for (const auto& [index, entry] : read_entries(*inner().snapshot(), names_)) {
      for (const std::string& part : entry.parts) all.push_back(join(index, part));
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  std::unique_ptr<Snapshot> snapshot() override {
    return std::make_unique<PrefixSnapshot>(inner().snapshot(), this);
  }

  std::unique_ptr<Transaction> begin() override {
    return prefix_transaction(inner().begin(), this);
  }

  std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) override {
    const bool own = std::all_of(tables.begin(), tables.end(),
                                 [](TableId table) { return prefix_of(table) == no_prefix; });
    return own ? inner().bulk(tables) : prefix_bulk(begin(), tables);
  }

  TableStats table_stats(TableId table) override {
    const TableId below = table_below(table);
    if (prefix_of(table) == no_prefix) return inner().table_stats(below);
    TableStats stats;
    {
      const std::unique_ptr<Snapshot> snapshot = this->snapshot();
      const std::unique_ptr<Cursor> cursor = snapshot->cursor(table);
      Code code = cursor->seek({});
      for (; code == Code::ok; code = cursor->next()) {
        ++stats.entries;
        stats.key_bytes += cursor->key().size();
        stats.value_bytes += cursor->value().size;
      }
      if (code != Code::not_found) {
        throw Error(code, fmt::format("counting a table's records failed: {}", name(code)));
      }
    }
    const TableStats whole = inner().table_stats(below);
    const std::uint64_t bytes =
        stats.key_bytes + stats.value_bytes + stats.entries * sizeof(PrefixBytes);
    const std::uint64_t all = std::max(bytes, whole.key_bytes + whole.value_bytes);
    const double share = all == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(all);
    stats.disk_bytes = scaled(whole.disk_bytes, share);
    stats.checksum_bytes = scaled(whole.checksum_bytes, share);
    stats.depth = whole.depth;
    stats.branch_pages = scaled(whole.branch_pages, share);
    stats.leaf_pages = scaled(whole.leaf_pages, share);
    stats.overflow_pages = scaled(whole.overflow_pages, share);
    stats.estimated = true;
    return stats;
  }

  std::uint64_t verify() override {
    const std::uint64_t records = inner().verify();
    return records - read_entries(*inner().snapshot(), names_).size();
  }

  void drop(std::string_view index) override {
    if (with_own_tables_.contains(index)) {
      throw Error(Code::unsupported,
                  fmt::format("index `{}` has tables of its own; only those that share tables can "
                              "be dropped",
                              index));
    }
    const std::vector<TableId> shared = shared_tables();
    const std::unique_ptr<Transaction> transaction = inner().begin();
    const std::optional<PrefixEntry> entry = find_entry(*transaction, names_, index);
    if (!entry) {
      throw Error(Code::not_found,
                  fmt::format("the store has no index `{}` that shares tables", index));
    }
    wipe(*transaction, shared, entry->prefix, index);
    check(transaction->erase(names_, as_bytes(index)), "dropping", index);
    {
      // Before others can see that the prefix is free.
      const std::lock_guard guard(mutex_);
      resting_.insert(entry->prefix);
    }
    transaction->commit(Durability::power);
    const std::lock_guard guard(mutex_);
    std::erase_if(opened_, [&](const auto& known) { return split(known.first)->index == index; });
  }

 private:
  /// The index and part of a table that shares one below; none for a table of its own.
  std::optional<TableName> shared_name(std::string_view name) const {
    const std::optional<TableName> parts = split(name);
    return parts && !with_own_tables_.contains(parts->index) ? parts : std::nullopt;
  }

  static TableId checked(TableId below, std::string_view name) {
    if (below == table_below(below)) return below;
    throw Error(Code::unsupported, "the store numbers tables from 65,536 on; prefixes need less",
                {.table = std::string(name)});
  }

  std::optional<TableId> opened(std::string_view name) {
    const std::lock_guard guard(mutex_);
    const auto known = opened_.find(name);
    return known == opened_.end() ? std::nullopt : std::optional(known->second);
  }

  /// The prefix of an index that has this table, as it is or from now on.
  Prefix prefix(const TableName& name) {
    const std::optional<PrefixEntry> entry = find_entry(*inner().snapshot(), names_, name.index);
    if (entry && entry->parts.contains(name.part)) return entry->prefix;
    if (traits_.read_only) {
      throw Error(Code::not_found, "the store has no such table",
                  {.table = join(name.index, name.part)});
    }
    return enter(name);
  }

  Prefix enter(const TableName& name) {
    const std::vector<TableId> shared = shared_tables();
    const std::unique_ptr<Transaction> transaction = inner().begin();
    PrefixEntry entry = find_entry(*transaction, names_, name.index).value_or(PrefixEntry{});
    if (entry.prefix == no_prefix) {
      const PrefixEntries entries = read_entries(*transaction, names_);
      {
        const std::lock_guard guard(mutex_);
        entry.prefix = free_prefix(entries, resting_);
      }
      // Whoever had the prefix before may have written after it was dropped, by mistake.
      wipe(*transaction, shared, entry.prefix, name.index);
    }
    entry.parts.emplace(name.part);
    check(transaction->put(names_, as_bytes(name.index), entry.encode()), "entering", name.index);
    // No record of the index can outlive a loss of power without it: its commits come later.
    transaction->commit(Durability::ordered);
    return entry.prefix;
  }

  /// Opened, so that a transaction that begins later knows them.
  std::vector<TableId> shared_tables() {
    std::vector<TableId> all;
    for (const std::string& table : inner().tables()) {
      const std::optional<TableName> name = split(table);
      if (!name || name->index != shared_index || name->part == register_part) continue;
      all.push_back(inner().table(table));
    }
    return all;
  }

  static void wipe(Transaction& transaction, const std::vector<TableId>& shared, Prefix prefix,
                   std::string_view index) {
    const PrefixBytes first = to_bytes(prefix);
    const PrefixBytes behind = to_bytes(static_cast<Prefix>(prefix + 1));
    for (const TableId table : shared) {
      check(transaction.erase_range(table, first, behind), "erasing the records of", index);
    }
  }

  std::unique_ptr<Store> owned_;
  Traits traits_;
  TableId names_{};
  std::set<std::string, std::less<>> with_own_tables_;
  std::mutex mutex_;
  std::map<std::string, TableId, std::less<>> opened_;
  // Prefixes that were dropped here. Who still has a table of such an index cannot reach another
  // index by it, as long as there are prefixes that were not used before.
  std::set<Prefix> resting_;
};

}  // namespace

bool has_prefixes(Store& store) { return store.has_table(prefix_register_table); }

std::unique_ptr<PrefixStore> with_prefixes(std::unique_ptr<Store> inner) {
  Store& store = *inner;
  return std::make_unique<Prefixes>(store, std::move(inner));
}

std::unique_ptr<PrefixStore> with_prefixes(Store& inner) {
  return std::make_unique<Prefixes>(inner, nullptr);
}

std::unique_ptr<Store> open_namespaced(std::string_view spec, const StoreOptions& options) {
  std::unique_ptr<Store> store = open_store(spec, options);
  if (!has_prefixes(*store)) return store;
  return with_prefixes(std::move(store));
}

}  // namespace skerry::kv
