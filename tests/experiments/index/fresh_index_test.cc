// write_fresh_index() against graph::Writer: the same items give the same graph.

#include "experiments/index/fresh_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "base/random.h"
#include "graph/stored_index.h"
#include "graph/verify_index.h"
#include "kv/open_store.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

constexpr std::size_t components = 5;

/// Items in the order given, which say their number or do not.
class GivenVectors final : public VectorSource {
 public:
  GivenVectors(std::vector<ItemId> ids, bool counted) : ids_(std::move(ids)), counted_(counted) {}

  static std::vector<float> vector_of(ItemId id, std::size_t version) {
    Random random(hash64(id, version));
    std::vector<float> vector(components);
    for (float& x : vector) x = static_cast<float>(random.unit());
    return vector;
  }

  std::size_t dimension() const noexcept override { return components; }

  std::optional<std::size_t> count() const noexcept override {
    return counted_ ? std::optional(ids_.size()) : std::nullopt;
  }

  void for_each(const Visit& visit) override {
    std::map<ItemId, std::size_t> versions;
    for (const ItemId id : ids_) {
      const std::vector<float> vector = vector_of(id, versions[id]++);
      visit(id, std::as_bytes(std::span(vector)));
    }
  }

 private:
  std::vector<ItemId> ids_;
  bool counted_;
};

graph::IndexOptions options(const char* connectivity = "none") {
  graph::IndexOptions options;
  options.metric = "cosine";
  options.dimension = components;
  options.bounds = {4, 8};
  options.build.ef_construction = 30;
  options.build.connectivity = connectivity;
  return options;
}

std::string digest_of_writer(VectorSource& source, const graph::IndexOptions& options) {
  const auto store = kv::open_store("memory", {});
  graph::Writer::create(*store, "main", options);
  graph::Writer writer(*store, "main");
  source.for_each([&](ItemId id, Bytes vector) { writer.add(id, vector); });
  writer.build();
  return writer.meta().digest;
}

std::vector<ItemId> some_ids(std::size_t count, std::uint64_t below, std::uint64_t seed) {
  Random random(seed);
  std::vector<ItemId> ids(count);
  for (ItemId& id : ids) id = random.below(below);
  return ids;
}

TEST(FreshIndex, IsTheGraphThatTheWriterBuilds) {
  std::vector<ItemId> ascending(400);
  for (std::size_t i = 0; i < ascending.size(); ++i) ascending[i] = 2 * i;
  // Ids in any order, some of them twice: the last vector counts.
  for (const auto& [ids, counted] :
       {std::pair(ascending, true), std::pair(ascending, false),
        std::pair(some_ids(400, 300, 1), false), std::pair(some_ids(300, ~0ULL - 1, 2), false),
        std::pair(std::vector<ItemId>{9}, true), std::pair(std::vector<ItemId>{}, false)}) {
    GivenVectors source(ids, counted);
    const Items items = read_items(source, distance::metric("cosine"));
    for (const char* connectivity : {"none", "parent", "bfs_repair"}) {
      const graph::IndexOptions wanted = options(connectivity);
      const std::string expected = digest_of_writer(source, wanted);
      const auto store = kv::open_store("memory", {});
      for (const bool replaced : {false, true}) {
        const graph::Meta meta = write_fresh_index(*store, "main", wanted, items, 2, {});
        EXPECT_EQ(meta.digest, expected) << ids.size() << " " << connectivity << replaced;
        const graph::IndexCheck check = graph::verify_index(*store, "main");
        EXPECT_EQ(check.damages, 0U) << ids.size() << " " << connectivity << replaced << " "
                                     << (check.findings.empty() ? "" : check.findings[0].what);
      }
    }
  }
}

TEST(FreshIndex, ThatIsCancelledLeavesWhatWasThere) {
  GivenVectors source(some_ids(200, 1000, 3), false);
  const Items items = read_items(source, distance::metric("cosine"));
  const auto store = kv::open_store("memory", {});
  const graph::Meta before = write_fresh_index(*store, "main", options(), items, 1, {});
  graph::IndexOptions other = options();
  other.seed = 2;
  const std::atomic<bool> cancel = true;
  support::expect_error(Code::cancelled, {}, [&] {
    write_fresh_index(*store, "main", other, items, 1, {.report = {}, .cancel = &cancel});
  });
  EXPECT_EQ(graph::StoredIndex(*store, "main").meta().encode(), before.encode());
}

}  // namespace
}  // namespace skerry::experiments
