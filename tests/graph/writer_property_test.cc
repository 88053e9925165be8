#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <memory>
#include <ostream>

#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/graph/sound_index.h"
#include "tests/support/property_case.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

/// One step of a random history.
struct Step {
  int kind;  ///< 0..5 add or replace, 6..8 delete, 9 build, 10 save, 11 reopen, 12 consolidate
  ItemId id;
};

// Found by argument: how a failed case is printed.
[[maybe_unused]] void showValue(const Step& step, std::ostream& out) {
  out << fmt::format("{{{}, {}}}", step.kind, step.id);
}

/// Plays a history on one store and checks the index after each build. Returns the digests.
std::vector<std::string> play(std::string_view kind, const IndexOptions& options,
                              const std::vector<Step>& steps, unsigned threads) {
  const support::TempDir dir;
  kv::StoreOptions store_options;
  store_options.path = dir.path() / "store";
  store_options.create = true;
  const std::unique_ptr<kv::Store> store = kv::open_store(kind, store_options);
  Writer::create(*store, "main", options);
  auto writer = std::make_unique<Writer>(*store, "main", threads);
  std::map<ItemId, std::vector<float>> items;
  std::vector<std::string> digests;
  unsigned version = 0;
  const auto built = [&] {
    expect_sound(*store, items);
    digests.push_back(writer->meta().digest);
  };
  for (const Step& step : steps) {
    if (step.kind <= 5) {
      items[step.id] = vector_of(step.id, ++version);
      writer->add(step.id, bytes_of(items[step.id]));
    } else if (step.kind <= 8) {
      EXPECT_EQ(writer->erase(step.id), items.erase(step.id) == 1);
    } else if (step.kind == 10) {
      writer->save(kv::Durability::process);
    } else if (step.kind == 11) {
      writer->save(kv::Durability::process);
      writer = std::make_unique<Writer>(*store, "main", threads);
    } else {
      writer->build(kv::Durability::process);
      if (step.kind == 12) writer->consolidate({}, kv::Durability::process);
      built();
    }
    EXPECT_EQ(writer->size(), items.size());
    EXPECT_EQ(writer->contains(step.id), items.contains(step.id));
  }
  writer->build(kv::Durability::process);
  built();
  return digests;
}

TEST(WriterProperty, AnyHistoryGivesASoundIndexAndTheSameDigestsEverywhere) {
  EXPECT_TRUE(rc::check([] {
    IndexOptions options = small_options();
    options.build.repair =
        *rc::gen::element<std::string>("fresh_diskann", "reconnect", "drop", "tombstone");
    options.build.in_links = *rc::gen::element<std::string>("symmetric", "search", "reverse");
    options.build.connectivity = *rc::gen::element<std::string>("none", "parent", "bfs_repair");
    // Narrow lists make children displace each other.
    if (*rc::gen::arbitrary<bool>()) options.bounds = {2, 3};
    options.layout = *rc::gen::element<std::string>("apart", "apart(links=4)", "apart(vectors=3)",
                                                    "apart(vectors=4, links=3)");
    options.encoding = *rc::gen::element<std::string>("", "i8", "f16");
    options.codec = *rc::gen::element<std::string>("delta", "u32", "exp_golomb(from=own)");
    const auto steps = *rc::gen::container<std::vector<Step>>(rc::gen::construct<Step>(
        rc::gen::inRange(0, 13), rc::gen::cast<ItemId>(rc::gen::inRange(0, 40))));
    std::vector<std::string> digests;
    support::expect_of_a_case([&] {
      digests = play("memory", options, steps, 1);
      RC_ASSERT(digests == play("memory", options, steps, 2));
      RC_ASSERT(digests == play("lmdb", options, steps, 2));
      RC_ASSERT(digests == play("rocksdb", options, steps, 1));
      if (options.layout.find("vectors") == std::string::npos) return;
      options.layout = "apart";
      RC_ASSERT(digests == play("memory", options, steps, 1));
    });
  }));
}

}  // namespace
}  // namespace skerry::graph
