// What verify_index() says about damage of the table `parents` and of the root.

#include "graph/lineage.h"
#include "tests/graph/verify_fixture.h"

namespace skerry::graph {
namespace {

class VerifyParents : public VerifyIndexFixture {
 protected:
  void SetUp() override {
    VerifyIndexFixture::SetUp();
    make([](IndexOptions& options) { options.build.connectivity = "parent"; });
    ASSERT_EQ(verify_index(*store_, "main").damages, 0U);
  }

  Meta meta() { return Meta::decode(value_of("meta", as_bytes("meta")), "main.meta"); }

  Lineage lineage_of(Slot slot) {
    Lineage lineage;
    EXPECT_TRUE(lineage.decode(value_of("parents", VectorKey(slot).bytes)));
    return lineage;
  }

  void put_lineage(Slot slot, const Lineage& lineage) {
    put("parents", VectorKey(slot).bytes, lineage.encode());
  }

  /// A live slot that is not the root.
  Slot a_child() {
    const Slot first = a_slot(SlotState::live);
    return first != meta().root ? first : first + 1;
  }

  std::vector<Slot> links_of(Slot slot) {
    const StoredIndex index(*store_, "main");
    kv::Scope scope;
    kv::View value;
    Bytes list;
    std::vector<Slot> links;
    EXPECT_EQ(index.get_list(0, slot, scope, value, list), Code::ok);
    EXPECT_EQ(index.codec().decode(list, {slot, static_cast<Slot>(index.meta().slots), 8}, links),
              Code::ok);
    return links;
  }
};

TEST_P(VerifyParents, TellsOfARootThatIsMissingVacantOrNotTheFirst) {
  const Meta before = meta();
  const auto with = [&](const std::function<void(Meta&)>& body, std::string_view what) {
    change_meta(body);
    expect_in_meta(what);
    put("meta", as_bytes("meta"), as_bytes(before.encode()));
  };
  with([](Meta& m) { m.root = no_slot; }, "field `root` is null");
  const Slot free = a_slot(SlotState::free);
  with([&](Meta& m) { m.root = free; }, "a slot without an item");
  const Slot other = a_child();
  with([&](Meta& m) { m.root = other; }, "but slot " + std::to_string(before.root) + " has rank");
  with([](Meta& m) { m.build.connectivity = "none"; }, "there is no root");
  with([](Meta& m) { m.build.connectivity = "bfs_repair"; }, "field `ranks`");
  EXPECT_EQ(verify_index(*store_, "main").damages, 0U);
}

TEST_P(VerifyParents, TellsOfRecordsThatAreMissingStrayOrOfAnotherSize) {
  const Slot slot = a_child();
  const VectorKey key(slot);
  const std::vector<std::byte> before = value_of("parents", key.bytes);
  erase("parents", key.bytes);
  expect("parents", key.bytes, "missing");
  put("parents", key.bytes, Bytes(before).first(11));
  expect("parents", key.bytes, "11 bytes where");
  put("parents", key.bytes, before);
  EXPECT_EQ(verify_index(*store_, "main").damages, 0U);

  const VectorKey free(a_slot(SlotState::free));
  put("parents", free.bytes, before);
  expect("parents", free.bytes, "which has no item");
  put("parents", VectorKey(1U << 20).bytes, before);
  expect("parents", VectorKey(1U << 20).bytes, "names no slot");
  put("parents", as_bytes("key"), before);
  expect("parents", as_bytes("key"), "names no slot");
}

TEST_P(VerifyParents, TellsOfTheLastRecordThatIsMissing) {
  Slot last = static_cast<Slot>(meta().slots - 1);
  while (a_slot(SlotState::free) == last || StoredIndex(*store_, "main").dead().vacant(last)) {
    --last;
  }
  erase("parents", VectorKey(last).bytes);
  expect("parents", VectorKey(last).bytes, "missing");
}

TEST_P(VerifyParents, TellsOfRanksThatWereNotGivenOrGivenTwice) {
  const Slot slot = a_child();
  const Lineage before = lineage_of(slot);
  put_lineage(slot, {meta().ranks, before.parent});
  expect("parents", VectorKey(slot).bytes, "were given");
  const Lineage root = lineage_of(meta().root);
  put_lineage(slot, {root.rank, before.parent});
  expect("parents", VectorKey(std::max(slot, meta().root)).bytes, "both have rank");
  expect("parents", VectorKey(slot).bytes, "is not below");
}

TEST_P(VerifyParents, TellsOfParentsThatAreNone) {
  const Slot slot = a_child();
  const VectorKey key(slot);
  const Lineage before = lineage_of(slot);
  put_lineage(slot, {before.rank, no_slot});
  expect("parents", key.bytes, "no parent and is not the root");
  put_lineage(slot, {before.rank, a_slot(SlotState::free)});
  expect("parents", key.bytes, "a slot without an item");
  put_lineage(slot, {before.rank, 1U << 20});
  expect("parents", key.bytes, "a slot without an item");
  put_lineage(slot, {before.rank, slot});
  expect("parents", key.bytes, "is not below");
  put_lineage(slot, before);

  const Slot root = meta().root;
  put_lineage(root, {lineage_of(root).rank, slot});
  expect("parents", VectorKey(root).bytes, "has the parent");
}

TEST_P(VerifyParents, TellsOfAParentThatDoesNotLinkToItsChild) {
  const Slot slot = a_child();
  const Lineage before = lineage_of(slot);
  std::vector<Slot> links = links_of(before.parent);
  ASSERT_EQ(std::erase(links, slot), 1U);
  std::vector<std::byte> value;
  link_codec("delta").encode(links, before.parent, value);
  put("links", LinkKey(0, before.parent).bytes, value);
  expect("parents", VectorKey(slot).bytes, "does not link to it on level 0");
}

TEST_P(VerifyParents, HasNoUseForParentsOfAnotherConnectivity) {
  Writer writer(*store_, "main");
  IndexOptions options = writer.options();
  options.build.connectivity = "bfs_repair";
  writer.rebuild(options);
  put("parents", VectorKey(1).bytes, Lineage{}.encode());
  const IndexCheck check = verify_index(*store_, "main");
  EXPECT_EQ(check.damages, 0U) << all_of(check);
  EXPECT_NE(all_of(check).find("has no use for"), std::string::npos) << all_of(check);
}

INSTANTIATE_TEST_SUITE_P(AllStores, VerifyParents, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
