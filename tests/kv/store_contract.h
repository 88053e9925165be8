#pragma once
// The fixture of the contract suite: each sentence of kv/store.h, on every store of this build,
// bare and behind every decorator. The tests stand in the *_contract_test.cc files.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "kv/open_store.h"
#include "kv/store.h"
#include "tests/kv/decorators.h"
#include "tests/kv/fixtures.h"

namespace skerry::kv {

/// A store kind behind a decorator.
struct Subject {
  std::string kind;
  Decorator decorator;

  std::string name() const {
    return (decorator.name.empty() ? "" : std::string(decorator.name) + "_") + kind;
  }

  friend void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.name(); }
};

inline std::vector<Subject> subjects(bool only_persistent) {
  std::vector<Subject> all;
  for (const StoreKind& kind : store_kinds()) {
    if (only_persistent && !kind.persistent) continue;
    for (const Decorator& decorator : decorators)
      all.push_back({std::string(kind.name), decorator});
  }
  return all;
}

/// A store behind its decorator.
class Opened {
 public:
  Opened(const Subject& subject, const StoreOptions& options)
      : inner_(open_store(subject.kind, options)), decorated_(subject.decorator.wrap(*inner_)) {}

  Store* get() const noexcept { return decorated_ ? decorated_.get() : inner_.get(); }

  Store* operator->() const noexcept { return get(); }

  /// Without the decorator.
  Store& inner() const noexcept { return *inner_; }

 private:
  std::unique_ptr<Store> inner_;
  std::unique_ptr<Store> decorated_;
};

/// What holds of every store.
class StoreContract : public testing::TestWithParam<Subject> {
 protected:
  void SetUp() override { open(); }

  void open() {
    opened_.emplace(GetParam(), StoreOptions{.path = dir_.path() / "store", .create = true});
    store_ = opened_->get();
  }

  void close() { opened_.reset(); }

  bool persistent() const { return store_->traits().persistent; }

  void put(TableId table, std::string_view key, std::string_view value) {
    const auto transaction = store_->begin();
    ASSERT_EQ(transaction->put(table, b(key), b(value)), Code::ok);
    transaction->commit(Durability::process);
  }

  static std::string get(const Snapshot& snapshot, TableId table, std::string_view key) {
    return kv::get(snapshot, table, key);
  }

  std::string get(TableId table, std::string_view key) {
    return get(*store_->snapshot(), table, key);
  }

  static std::vector<std::string> keys(Cursor& cursor, Code code) {
    std::vector<std::string> all;
    for (; code == Code::ok; code = cursor.next()) all.emplace_back(as_text(cursor.key()));
    EXPECT_EQ(code, Code::not_found);
    return all;
  }

  std::vector<std::string> keys(TableId table) {
    const auto snapshot = store_->snapshot();
    const auto cursor = snapshot->cursor(table);
    return keys(*cursor, cursor->seek({}));
  }

  support::TempDir dir_;
  std::optional<Opened> opened_;
  Store* store_ = nullptr;
};

/// What holds of every store that survives closing.
class PersistentStoreContract : public StoreContract {};

}  // namespace skerry::kv
