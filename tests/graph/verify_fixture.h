#pragma once
// An index with something of everything, and ways to damage it.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "graph/ids.h"
#include "graph/stored_index.h"
#include "graph/verify_index.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {

inline constexpr std::size_t verified_dimension = 6;

inline std::string all_of(const IndexCheck& check) {
  std::string text;
  for (const Finding& finding : check.findings) {
    text += finding.table + " " + finding.key + ": " + finding.what + "\n";
  }
  return text;
}

inline bool has(const IndexCheck& check, std::string_view table, std::string_view key,
                std::string_view what) {
  for (const Finding& finding : check.findings) {
    if (finding.kind == Finding::Kind::damage && finding.table == table && finding.key == key &&
        finding.what.find(what) != std::string::npos) {
      return true;
    }
  }
  return false;
}

class VerifyIndexFixture : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    store_ = kv::open_store(GetParam(), {.path = dir_.path() / "store", .create = true});
  }

  /// An index with live items, free and gone slots, links to gone ones, and staged items.
  void make(const std::function<void(IndexOptions&)>& change = [](IndexOptions&) {}) {
    IndexOptions options;
    options.metric = "cosine";
    options.dimension = verified_dimension;
    options.bounds = {4, 8};
    options.build.ef_construction = 30;
    change(options);
    Writer::create(*store_, "main", options);
    Writer writer(*store_, "main");
    const std::vector<float> vectors = uniform_vectors(200, verified_dimension, 7);
    const auto add = [&](ItemId id, std::size_t at) {
      writer.add(id, std::as_bytes(
                         std::span(vectors).subspan(at * verified_dimension, verified_dimension)));
    };
    for (std::size_t i = 0; i < 150; ++i) add(3 * i, i);
    writer.build();
    for (ItemId id = 0; id < 60; id += 6) ASSERT_TRUE(writer.erase(id));
    writer.build();
    writer.consolidate();
    for (ItemId id = 60; id < 180; id += 6) ASSERT_TRUE(writer.erase(id));
    writer.build();
    for (std::size_t i = 0; i < 5; ++i) add(1000 + i, 150 + i);
    writer.save();
  }

  /// With every table that an index may have.
  void make_with_all_tables() {
    make([](IndexOptions& options) {
      options.build.in_links = "reverse";
      options.build.connectivity = "parent";
    });
  }

  kv::TableId table(const std::string& part) { return store_->table("main." + part); }

  void change(const std::string& part,
              const std::function<void(kv::Transaction&, kv::TableId)>& body) {
    const kv::TableId id = table(part);
    const std::unique_ptr<kv::Transaction> transaction = store_->begin();
    body(*transaction, id);
    transaction->commit(kv::Durability::process);
  }

  void put(const std::string& part, Bytes key, Bytes value) {
    change(part, [&](kv::Transaction& transaction, kv::TableId id) {
      ASSERT_EQ(transaction.put(id, key, value), Code::ok);
    });
  }

  void erase(const std::string& part, Bytes key) {
    change(part, [&](kv::Transaction& transaction, kv::TableId id) {
      ASSERT_EQ(transaction.erase(id, key), Code::ok);
    });
  }

  std::vector<std::byte> value_of(const std::string& part, Bytes key) {
    const kv::TableId id = table(part);
    kv::Scope scope;
    kv::View view;
    const std::unique_ptr<kv::Snapshot> snapshot = store_->snapshot();
    EXPECT_EQ(snapshot->get(id, key, scope, view), Code::ok) << part << " " << to_hex(key);
    return {view.bytes().begin(), view.bytes().end()};
  }

  /// A slot in the given state; of live ones the first that is on `level`.
  Slot a_slot(SlotState state, unsigned level = 0) {
    const StoredIndex index(*store_, "main");
    kv::Scope scope;
    kv::View value;
    Bytes list;
    for (Slot slot = 0; slot < index.meta().slots; ++slot) {
      const bool wanted = state == SlotState::live   ? !index.dead().dead(slot)
                          : state == SlotState::gone ? index.dead().gone.contains(slot)
                                                     : index.dead().free.contains(slot);
      if (!wanted) continue;
      if (state != SlotState::live || index.get_list(level, slot, scope, value, list) == Code::ok) {
        return slot;
      }
    }
    ADD_FAILURE() << "the index has no such slot";
    return 0;
  }

  void change_meta(const std::function<void(Meta&)>& body) {
    Meta meta = Meta::decode(value_of("meta", as_bytes("meta")), "main.meta");
    body(meta);
    put("meta", as_bytes("meta"), as_bytes(meta.encode()));
  }

  /// After damage: `what` must be told of `key` in `table`.
  void expect(std::string_view part, Bytes key, std::string_view what) {
    const IndexCheck check = verify_index(*store_, "main");
    EXPECT_TRUE(has(check, "main." + std::string(part), to_hex(key), what))
        << to_hex(key) << ": " << what << "\nbut found:\n"
        << all_of(check);
  }

  void expect_in_meta(std::string_view what) {
    const IndexCheck check = verify_index(*store_, "main");
    EXPECT_TRUE(has(check, "main.meta", "meta", what)) << what << "\n" << all_of(check);
  }

  support::TempDir dir_;
  std::unique_ptr<kv::Store> store_;
};

}  // namespace skerry::graph
