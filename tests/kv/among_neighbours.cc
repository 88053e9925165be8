#include "tests/kv/among_neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "kv/forwarding_store.h"
#include "tests/kv/fixtures.h"

namespace skerry::kv {

namespace {

/// In this order they get their prefixes.
constexpr std::array<std::string_view, 3> indexes = {"before", "main", "then"};

const std::vector<std::string>& neighbour_keys() {
  static const std::vector<std::string> keys = {std::string(1, '\0'), "a", "k",
                                                std::string(509, '\xff')};
  return keys;
}

class AmongNeighbours final : public ForwardingStore<Store> {
 public:
  explicit AmongNeighbours(std::unique_ptr<PrefixStore> store)
      : ForwardingStore(*store), store_(std::move(store)) {}

  ~AmongNeighbours() override {
    for (const std::string& name : opened_) {
      for (const std::string_view index : {indexes.front(), indexes.back()}) {
        SCOPED_TRACE(full(index, name));
        const TableId table = store_->table(full(index, name));
        const std::unique_ptr<Snapshot> snapshot = store_->snapshot();
        const std::unique_ptr<Cursor> cursor = snapshot->cursor(table);
        Code code = cursor->seek({});
        for (const std::string& key : neighbour_keys()) {
          EXPECT_EQ(skerry::name(code), skerry::name(Code::ok));
          EXPECT_EQ(as_text(cursor->key()), key);
          EXPECT_EQ(as_text(cursor->value().bytes()), index);
          code = cursor->next();
        }
        EXPECT_EQ(skerry::name(code), skerry::name(Code::not_found));
      }
    }
  }

  TableId table(std::string_view name) override {
    if (goes_through(name)) return store_->table(name);
    {
      const std::lock_guard guard(mutex_);
      if (opened_.contains(name)) return store_->table(full("main", name));
    }
    std::array<TableId, indexes.size()> tables;
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      tables[i] = store_->table(full(indexes[i], name));
    }
    if (!traits().read_only) settle(tables);
    const std::lock_guard guard(mutex_);
    opened_.emplace(name);
    return tables[1];
  }

  bool has_table(std::string_view name) override {
    return store_->has_table(goes_through(name) ? std::string(name) : full("main", name));
  }

  std::vector<std::string> tables() override {
    std::vector<std::string> all;
    for (const std::string& table : store_->tables()) {
      if (table.starts_with("before.") || table.starts_with("then.")) continue;
      all.push_back(table.starts_with("main.") ? table.substr(5) : table);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  std::uint64_t verify() override {
    std::uint64_t records = store_->verify();
    for (const std::string& table : store_->tables()) {
      if (table.starts_with("before.") || table.starts_with("then.")) {
        records -= neighbour_keys().size();
      }
    }
    return records;
  }

 private:
  static bool goes_through(std::string_view name) {
    return name.empty() || name.size() > 190 || name.find('.') != name.npos;
  }

  static std::string full(std::string_view index, std::string_view name) {
    return std::string(index) + "." + std::string(name);
  }

  void settle(const std::array<TableId, indexes.size()>& tables) {
    const std::unique_ptr<Transaction> transaction = store_->begin();
    for (std::size_t i = 0; i < indexes.size(); i += 2) {
      for (const std::string& key : neighbour_keys()) {
        EXPECT_EQ(transaction->put(tables[i], b(key), b(indexes[i])), Code::ok);
      }
    }
    transaction->commit(Durability::process);
  }

  std::unique_ptr<PrefixStore> store_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> opened_;
};

}  // namespace

std::unique_ptr<Store> among_neighbours(std::unique_ptr<PrefixStore> store) {
  return std::make_unique<AmongNeighbours>(std::move(store));
}

}  // namespace skerry::kv
