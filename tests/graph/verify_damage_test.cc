// What verify_index() says about damage of every table, on every store.

#include <algorithm>
#include <limits>

#include "tests/graph/verify_fixture.h"

namespace skerry::graph {
namespace {

using VerifyDamage = VerifyIndexFixture;

TEST_P(VerifyDamage, TellsOfDeadSlotsThatContradict) {
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

TEST_P(VerifyDamage, TellsOfADeadSlotThatCameToLife) {
  make();
  const Slot dead = a_slot(SlotState::free);
  erase("dead", DeadKey(SlotState::free, dead).bytes);
  expect("vectors", VectorKey(dead).bytes, "missing");
  expect("links", LinkKey(0, dead).bytes, "missing");
  expect("ids", IdBlockKey(dead / ids_per_value).bytes, "has no id");
  expect_in_meta("`free`");
}

TEST_P(VerifyDamage, TellsOfIdsThatDoNotLeadToTheirItems) {
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

TEST_P(VerifyDamage, TellsOfVectorsThatAreMissingSuperfluousOrChanged) {
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

TEST_P(VerifyDamage, TellsOfARowInThePlaceOfASlotThatHasNone) {
  make([](IndexOptions& options) { options.layout = "apart(vectors=4)"; });
  const std::size_t row_bytes = StoredIndex(*store_, "main").row_bytes();
  const Slot free = a_slot(SlotState::free);
  const VectorKey key(free / 4);
  std::vector<std::byte> block = value_of("vectors", key.bytes);
  ASSERT_EQ(block.size(), 4 * row_bytes);
  const auto place = block.begin() + static_cast<std::ptrdiff_t>((free % 4) * row_bytes);
  EXPECT_EQ(std::count(place, place + static_cast<std::ptrdiff_t>(row_bytes), std::byte{0}),
            static_cast<std::ptrdiff_t>(row_bytes));
  place[row_bytes - 1] = std::byte{1};
  put("vectors", key.bytes, block);
  expect("vectors", key.bytes, "which has no item");
}

TEST_P(VerifyDamage, TellsOfListsThatAreMissingSuperfluousOrWrong) {
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

TEST_P(VerifyDamage, TellsOfInLinksThatDifferFromTheLinks) {
  make_with_all_tables();
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

TEST_P(VerifyDamage, TellsOfStagedRecordsThatAreNone) {
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

INSTANTIATE_TEST_SUITE_P(AllStores, VerifyDamage, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
