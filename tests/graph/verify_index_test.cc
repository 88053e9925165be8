// What verify_index() says about sound indexes, about counts that differ, and about any bytes.

#include "graph/verify_index.h"

#include "tests/graph/verify_fixture.h"

namespace skerry::graph {
namespace {

using VerifyIndex = VerifyIndexFixture;

TEST_P(VerifyIndex, FindsNothingInASoundIndexOfAnyKind) {
  make();
  for (const bool reverse : {false, true}) {
    for (const char* repair : {"fresh_diskann", "tombstone", "drop"}) {
      for (const char* layout : {"apart", "apart(links=7)", "apart(vectors=fit)"}) {
        Writer writer(*store_, "main");
        IndexOptions options = writer.options();
        options.build.repair = repair;
        options.build.in_links = reverse ? "reverse" : "symmetric";
        options.layout = layout;
        options.build.connectivity = reverse ? "parent" : "bfs_repair";
        writer.rebuild(options);
        for (const ItemId id : {9, 12, 15, 18, 21, 24, 27, 30, 33, 1001, 444}) writer.erase(id);
        writer.build();
        const std::vector<float> again = uniform_vectors(1, verified_dimension, 9);
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
  IndexOptions options{.metric = "hamming", .dimension = 12};
  Writer::create(*store_, "plain", options);
  options.build.in_links = "reverse";
  options.build.connectivity = "parent";
  Writer::create(*store_, "all", options);
  for (const char* name : {"plain", "all"}) {
    const IndexCheck check = verify_index(*store_, name);
    EXPECT_TRUE(check.findings.empty()) << all_of(check);
  }
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
  with([](Meta& m) { m.encoding = "f61"; }, "f61");
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
  make_with_all_tables();
  Random random(11);
  for (const std::string part :
       {"meta", "ids", "dead", "vectors", "links", "reverse", "parents", "staged"}) {
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
      // Other bits in a vector may be another vector, another parent may link to the child too, and
      // a meta record may be written otherwise.
      const bool vector = part == "vectors" || part == "staged" || part == "parents";
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
