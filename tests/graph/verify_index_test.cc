// What verify_index() says about sound indexes, and about every kind of damage on every store.

#include "graph/verify_index.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.h"
#include "graph/ids.h"
#include "graph/stored_index.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 6;

std::string all_of(const IndexCheck& check) {
  std::string text;
  for (const Finding& finding : check.findings) {
    text += finding.table + " " + finding.key + ": " + finding.what + "\n";
  }
  return text;
}

bool has(const IndexCheck& check, std::string_view table, std::string_view key,
         std::string_view what) {
  for (const Finding& finding : check.findings) {
    if (finding.kind == Finding::Kind::damage && finding.table == table && finding.key == key &&
        finding.what.find(what) != std::string::npos) {
      return true;
    }
  }
  return false;
}

class VerifyIndex : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    store_ = kv::open_store(GetParam(), {.path = dir_.path() / "store", .create = true});
  }

  /// An index with live items, free and gone slots, links to gone ones, and staged items.
  void make(const std::function<void(IndexOptions&)>& change = [](IndexOptions&) {}) {
    IndexOptions options;
    options.metric = "cosine";
    options.dimension = dimension;
    options.bounds = {4, 8};
    options.build.ef_construction = 30;
    change(options);
    Writer::create(*store_, "main", options);
    Writer writer(*store_, "main");
    const std::vector<float> vectors = uniform_vectors(200, dimension, 7);
    const auto add = [&](ItemId id, std::size_t at) {
      writer.add(id, std::as_bytes(std::span(vectors).subspan(at * dimension, dimension)));
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

  void make_with_reverse() {
    make([](IndexOptions& options) { options.build.in_links = "reverse"; });
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

TEST_P(VerifyIndex, FindsNothingInASoundIndexOfAnyKind) {
  make();
  for (const bool reverse : {false, true}) {
    for (const char* repair : {"fresh_diskann", "tombstone", "drop"}) {
      for (const char* layout : {"apart", "apart(links=7)"}) {
        Writer writer(*store_, "main");
        IndexOptions options = writer.options();
        options.build.repair = repair;
        options.build.in_links = reverse ? "reverse" : "symmetric";
        options.layout = layout;
        writer.rebuild(options);
        for (const ItemId id : {9, 12, 15, 18, 21, 24, 27, 30, 33, 1001, 444}) writer.erase(id);
        writer.build();
        const std::vector<float> again = uniform_vectors(1, dimension, 9);
        for (const ItemId id : {9, 12, 15, 1001}) writer.add(id, std::as_bytes(std::span(again)));
        writer.save();
        const IndexCheck check = verify_index(*store_, "main");
        EXPECT_EQ(check.damages, 0U) << repair << " " << layout << "\n" << all_of(check);
        writer.build();
        writer.consolidate();
        const IndexCheck after = verify_index(*store_, "main");
        EXPECT_EQ(after.damages, 0U) << repair << " " << layout << "\n" << all_of(after);
        EXPECT_EQ(after.dangling, 0U);
        EXPECT_EQ(after.items, writer.meta().items);
      }
    }
  }
}

TEST_P(VerifyIndex, FindsNothingInAnIndexWithoutItems) {
  Writer::create(*store_, "main", {.metric = "hamming", .dimension = 12});
  const IndexCheck check = verify_index(*store_, "main");
  EXPECT_TRUE(check.findings.empty()) << all_of(check);
}

TEST_P(VerifyIndex, RefusesANameThatIsNotThere) {
  make();
  support::expect_error(Code::not_found, {"other", "main"},
                        [&] { verify_index(*store_, "other"); });
}

TEST_P(VerifyIndex, TellsOfAMetaRecordThatIsMissingOrDamaged) {
  make();
  put("meta", as_bytes("meta"), as_bytes("{\"format\": 3"));
  expect_in_meta("not a JSON object");
  erase("meta", as_bytes("meta"));
  expect_in_meta("missing");
}

TEST_P(VerifyIndex, TellsOfCountsThatDifferFromTheRecords) {
  make();
  const Meta meta = Meta::decode(value_of("meta", as_bytes("meta")), "main.meta");
  const auto with = [&](const std::function<void(Meta&)>& body, std::string_view what) {
    change_meta(body);
    expect_in_meta(what);
    put("meta", as_bytes("meta"), as_bytes(meta.encode()));
  };
  with([](Meta& m) { ++m.links; }, "`links`");
  with([](Meta& m) { ++m.staged; }, "`staged`");
  with([](Meta& m) { --m.items_per_level[1]; }, "`items_per_level`");
  with([](Meta& m) { m.digest[5] = m.digest[5] == '0' ? '1' : '0'; }, "`digest`");
  with([](Meta& m) { m.digest[5] = 'x'; }, "`digest`");
  with([](Meta& m) { m.metric = "cosin"; }, "cosin");
  with([](Meta& m) { m.codec = "detla"; }, "detla");
  with([](Meta& m) { m.build.selection = "hnws"; }, "hnws");
  with([](Meta& m) { m.encoding = "f16"; }, "f16");
  with([](Meta& m) { m.own_ids = false; }, "free slot");
  with(
      [](Meta& m) {
        ++m.slots;
        ++m.free;
      },
      "`free`");
  const Slot low = a_slot(SlotState::live);
  with([&](Meta& m) { m.entry_points = {low}; }, "not on the top level");
  with([&](Meta& m) { m.entry_points.push_back(m.entry_points[0]); }, "named twice");
  const Slot gone = a_slot(SlotState::free);
  with([&](Meta& m) { m.entry_points = {gone}; }, "without an item");
  with(
      [](Meta& m) {
        m.slots = max_slots;
        m.free = max_slots - m.items - m.tombstones - m.gone;
      },
      "nothing else was checked");
}

TEST_P(VerifyIndex, TellsOfDeadSlotsThatContradict) {
  make();
  const Slot live = a_slot(SlotState::live);
  put("dead", DeadKey(SlotState::free, live).bytes, {});
  expect("vectors", VectorKey(live).bytes, "has no item");
  expect("links", LinkKey(0, live).bytes, "has no item");
  put("dead", DeadKey(SlotState::gone, live).bytes, {});
  const IndexCheck check = verify_index(*store_, "main");
  EXPECT_NE(all_of(check).find("two states"), std::string::npos) << all_of(check);
  put("dead", DeadKey(SlotState::live, live).bytes, {});
  expect("dead", DeadKey(SlotState::live, live).bytes, "no state");
  put("dead", DeadKey(SlotState::gone, 1U << 20).bytes, {});
  expect("dead", DeadKey(SlotState::gone, 1U << 20).bytes, "does not have");
  put("dead", as_bytes("short"), as_bytes("value"));
  put("dead", as_bytes("key"), {});
  expect("dead", as_bytes("key"), "not a state and a slot");
}

TEST_P(VerifyIndex, TellsOfADeadSlotThatCameToLife) {
  make();
  const Slot dead = a_slot(SlotState::free);
  erase("dead", DeadKey(SlotState::free, dead).bytes);
  expect("vectors", VectorKey(dead).bytes, "missing");
  expect("links", LinkKey(0, dead).bytes, "missing");
  expect("ids", IdBlockKey(dead / ids_per_value).bytes, "has no id");
  expect_in_meta("`free`");
}

TEST_P(VerifyIndex, TellsOfIdsThatDoNotLeadToTheirItems) {
  make();
  const StoredIndex index(*store_, "main");
  const Slot slot = a_slot(SlotState::live);
  const ItemId id = index.ids().id_of(slot);
  erase("ids", ItemKey(id).bytes);
  expect("ids", ItemKey(id).bytes, "not found by its id");
  std::vector<std::byte> other(sizeof(Slot));
  store(other.data(), slot + 1);
  put("ids", ItemKey(id).bytes, other);
  expect("ids", ItemKey(id).bytes, "which holds");
  put("ids", ItemKey(id).bytes, as_bytes("abc"));
  expect("ids", ItemKey(id).bytes, "not a slot of the index");

  const IdBlockKey block(slot / ids_per_value);
  const std::vector<std::byte> before = value_of("ids", block.bytes);
  std::vector<std::byte> ids = before;
  const Slot twin = *index.slot_of(9);  // another live item of the block
  ASSERT_EQ(twin / ids_per_value, slot / ids_per_value);
  ASSERT_NE(twin, slot);
  store(ids.data() + slot % ids_per_value * sizeof(ItemId), ItemId{9});
  put("ids", block.bytes, ids);
  expect("ids", block.bytes, "both hold item 9");
  put("ids", block.bytes, Bytes(before).first(before.size() - 1));
  expect("ids", block.bytes, "bytes where");
  put("ids", block.bytes, before);
  put("ids", IdBlockKey(1U << 20).bytes, before);
  expect("ids", IdBlockKey(1U << 20).bytes, "no such block");
  put("ids", as_bytes("zz"), {});
  expect("ids", as_bytes("zz"), "neither a block nor an id");
}

TEST_P(VerifyIndex, TellsOfVectorsThatAreMissingSuperfluousOrChanged) {
  make();
  const VectorKey key(a_slot(SlotState::live));
  const std::vector<std::byte> row = value_of("vectors", key.bytes);
  std::vector<std::byte> changed = row;
  changed[3] ^= std::byte{0x7f};
  put("vectors", key.bytes, changed);
  expect("vectors", key.bytes, "");
  changed = row;
  store(changed.data(), std::numeric_limits<float>::quiet_NaN());
  put("vectors", key.bytes, changed);
  expect("vectors", key.bytes, "nan");
  put("vectors", key.bytes, Bytes(row).first(row.size() - 1));
  expect("vectors", key.bytes, "bytes where");
  put("vectors", key.bytes, {});
  expect("vectors", key.bytes, "bytes where");
  erase("vectors", key.bytes);
  expect("vectors", key.bytes, "missing");
  const VectorKey free(a_slot(SlotState::free));
  put("vectors", free.bytes, row);
  expect("vectors", free.bytes, "which has no item");
  put("vectors", VectorKey(1U << 20).bytes, row);
  expect("vectors", VectorKey(1U << 20).bytes, "names no row");
  put("vectors", as_bytes("x"), row);
  expect("vectors", as_bytes("x"), "names no row");
}

TEST_P(VerifyIndex, TellsOfListsThatAreMissingSuperfluousOrWrong) {
  make();
  const LinkCodec& codec = link_codec("delta");
  const Slot slot = a_slot(SlotState::live, 1);
  const auto list_of = [&](std::vector<Slot> slots) {
    std::vector<std::byte> value;
    codec.encode(slots, slot, value);
    return value;
  };
  const LinkKey base(0, slot);
  put("links", base.bytes, as_bytes("\xff\xff\xff\xff\xff\xff"));
  expect("links", base.bytes, "none of codec `delta`");
  put("links", base.bytes, list_of({1, 4, 7, 10, 13, 16, 19, 22, 31, 44, 50}));
  expect("links", base.bytes, "11 links on level 0; at most 8");
  put("links", base.bytes, list_of({a_slot(SlotState::free)}));
  expect("links", base.bytes, "is free");
  erase("links", base.bytes);
  expect("links", base.bytes, "missing");
  Slot only_base = 0;
  {
    const StoredIndex index(*store_, "main");
    kv::Scope scope;
    kv::View value;
    Bytes list;
    for (Slot s = slot + 1; s < index.meta().slots && only_base == 0; ++s) {
      if (!index.dead().dead(s) && index.get_list(1, s, scope, value, list) == Code::not_found) {
        only_base = s;
      }
    }
  }
  const LinkKey upper(1, slot);
  put("links", upper.bytes, list_of({only_base}));
  expect("links", upper.bytes, "not on this level");
  put("links", LinkKey(2, only_base).bytes, {});
  expect("links", LinkKey(2, only_base).bytes, "none on the level below");
  put("links", LinkKey(0, a_slot(SlotState::free)).bytes, {});
  expect("links", LinkKey(0, a_slot(SlotState::free)).bytes, "which has no item");
  put("links", LinkKey(60, 1).bytes, {});
  expect("links", LinkKey(60, 1).bytes, "does not have");
  put("links", LinkKey(0, 1U << 20).bytes, {});
  expect("links", LinkKey(0, 1U << 20).bytes, "names no list");
  put("links", as_bytes("key"), {});
  expect("links", as_bytes("key"), "not a level and a slot");
}

TEST_P(VerifyIndex, TellsOfInLinksThatDifferFromTheLinks) {
  make_with_reverse();
  std::vector<std::byte> first;
  {
    const kv::TableId id = table("reverse");
    const std::unique_ptr<kv::Snapshot> snapshot = store_->snapshot();
    const std::unique_ptr<kv::Cursor> cursor = snapshot->cursor(id);
    ASSERT_EQ(cursor->seek({}), Code::ok);
    first.assign(cursor->key().begin(), cursor->key().end());
  }
  put("reverse", first, {});
  expect("reverse", first, "in-links");
  erase("reverse", first);
  expect("reverse", first, "missing");
  put("reverse", first, as_bytes("\xff\xff\xff\xff\xff\xff"));
  expect("reverse", first, "not a list");
  put("reverse", LinkKey(0, 1U << 20).bytes, {});
  expect("reverse", LinkKey(0, 1U << 20).bytes, "no such slot");
  put("reverse", as_bytes("key"), {});
  expect("reverse", as_bytes("key"), "names no list");
}

TEST_P(VerifyIndex, TellsOfStagedRecordsThatAreNone) {
  make();
  put("staged", as_bytes("key"), {});
  expect("staged", as_bytes("key"), "not an id");
  put("staged", as_bytes("12345678"), as_bytes("short"));
  expect("staged", as_bytes("12345678"), "bytes where");
  std::vector<std::byte> row = value_of("vectors", VectorKey(a_slot(SlotState::live)).bytes);
  row.back() ^= std::byte{0x10};
  put("staged", as_bytes("12345678"), row);
  expect("staged", as_bytes("12345678"), "beside the vector");
}

TEST_P(VerifyIndex, CountsItemsThatCannotBeReachedAndLinksToGoneItems) {
  make([](IndexOptions& options) { options.build.in_links = "symmetric"; });
  const LinkCodec& codec = link_codec("delta");
  const StoredIndex index(*store_, "main");
  EXPECT_EQ(verify_index(*store_, "main").dangling > 0, index.meta().gone > 0);
  // Nothing leads anywhere but the entry point to itself's neighbours: cut all lists.
  for (unsigned level = 0; level <= index.meta().top_level; ++level) {
    for (Slot slot = 0; slot < index.meta().slots; ++slot) {
      kv::Scope scope;
      kv::View value;
      Bytes list;
      if (index.get_list(level, slot, scope, value, list) != Code::ok) continue;
      std::vector<std::byte> empty;
      codec.encode({}, slot, empty);
      put("links", LinkKey(level, slot).bytes, empty);
    }
  }
  const IndexCheck check = verify_index(*store_, "main");
  EXPECT_EQ(check.unreachable, index.meta().items - 1);
  EXPECT_EQ(check.dangling, 0U);
}

TEST_P(VerifyIndex, EndsWithFindingsForRandomBytesInAnyRecord) {
  make_with_reverse();
  Random random(11);
  for (const std::string part : {"meta", "ids", "dead", "vectors", "links", "reverse", "staged"}) {
    std::vector<std::pair<std::vector<std::byte>, std::vector<std::byte>>> records;
    {
      const kv::TableId id = table(part);
      const std::unique_ptr<kv::Snapshot> snapshot = store_->snapshot();
      const std::unique_ptr<kv::Cursor> cursor = snapshot->cursor(id);
      for (Code code = cursor->seek({}); code == Code::ok; code = cursor->next()) {
        const Bytes key = cursor->key();
        const Bytes value = cursor->value().bytes();
        records.push_back({{key.begin(), key.end()}, {value.begin(), value.end()}});
      }
    }
    ASSERT_FALSE(records.empty()) << part;
    for (int round = 0; round < 40; ++round) {
      const auto& [key, value] = records[random.below(records.size())];
      std::vector<std::byte> changed = value;
      if (round % 3 == 0 || changed.empty()) changed.resize(random.below(value.size() + 9));
      for (std::uint64_t flips = random.below(4) + 1; flips > 0 && !changed.empty(); --flips) {
        changed[random.below(changed.size())] ^= static_cast<std::byte>(1 + random.below(255));
      }
      put(part, key, changed);
      const IndexCheck check = verify_index(*store_, "main");
      // Other bits in a vector may be another vector, and a meta record may be written otherwise.
      const bool vector = part == "vectors" || part == "staged";
      const bool other_meaning =
          part == "meta" || (vector && (changed.empty() || changed.size() == value.size()));
      if (changed != value && !other_meaning) {
        EXPECT_GT(check.damages, 0U) << part << " " << to_hex(key);
      }
      put(part, key, value);
    }
  }
  EXPECT_EQ(verify_index(*store_, "main").damages, 0U);
}

INSTANTIATE_TEST_SUITE_P(AllStores, VerifyIndex, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
