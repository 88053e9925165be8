#include "graph/cached_view.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/spec.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "kv/counting_store.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

constexpr std::size_t dimension = 8;
constexpr std::size_t count = 600;

class CachedViewTest : public testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override {
    kv::StoreOptions options;
    options.path = dir_.path() / "store";
    options.create = true;
    inner_ = kv::open_store(GetParam(), options);
    store_ = kv::count(*inner_);
    const Rows rows = rows_of("euclidean", uniform_vectors(count, dimension, 1), dimension);
    write_index(*store_, "main", rows, build(rows, parameters()));
    index_ = std::make_unique<StoredIndex>(*store_, "main");
  }

  /// A search of the whole graph: what it found, and how many distances that took.
  template <GraphView View>
  std::pair<std::vector<Neighbor>, std::uint64_t> search(View& view, std::size_t query) {
    const std::vector<float> vector = uniform_vectors(1, dimension, 100 + query);
    const Rows row = rows_of("euclidean", vector, dimension);
    const Target target{row[0], index_->metric().kernels().batch, dimension};
    SearchScratch scratch;
    SearchWork work;
    const Meta& meta = index_->meta();
    EXPECT_EQ(search_graph(view, target, meta.entry_points, meta.top_level, 0, 20, scratch, work),
              Code::ok);
    std::vector<Neighbor> found;
    for (std::size_t i = 0; i < scratch.beam.size(); ++i) found.push_back(scratch.beam[i]);
    return {found, work.distances};
  }

  std::uint64_t gets_of(CachedView& view, Slot slot) {
    store_->reset();
    const std::byte* row = nullptr;
    EXPECT_EQ(view.rows({&slot, 1}, &row), Code::ok);
    EXPECT_NE(row, nullptr);
    return store_->counts().gets;
  }

  support::TempDir dir_;
  std::unique_ptr<kv::Store> inner_;
  std::unique_ptr<kv::CountingStore> store_;
  std::unique_ptr<StoredIndex> index_;
};

TEST_P(CachedViewTest, FindsWhatTheStoreItselfShowsHoweverSmallTheMemory) {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{10'000}, std::size_t{1} << 20}) {
    DirectView direct(*index_, index_->row_places());
    CachedView cached(*index_, index_->row_places(), bytes);
    for (std::size_t query = 0; query < 30; ++query) {
      EXPECT_EQ(search(cached, query), search(direct, query)) << bytes << " bytes";
    }
  }
}

TEST_P(CachedViewTest, NothingIsAskedForTwiceWhileThereIsRoom) {
  CachedView view(*index_, index_->row_places(), std::size_t{1} << 20);
  ASSERT_EQ(view.capacity(), count);
  const auto first = search(view, 1);
  store_->reset();
  EXPECT_EQ(search(view, 1), first);
  // Lists above level 0 are not remembered.
  const std::uint64_t upper = index_->meta().top_level + 1;
  EXPECT_LE(store_->counts().gets, upper * 16);
  EXPECT_LT(store_->counts().gets, first.second);
}

TEST_P(CachedViewTest, TheNodeThatWasNotMetForLongestLeaves) {
  CachedView view(*index_, index_->row_places(), 1);  // room for one hop: 17 nodes
  ASSERT_EQ(view.capacity(), 17U);
  for (Slot slot = 0; slot < 17; ++slot) EXPECT_EQ(gets_of(view, slot), 1U);
  for (Slot slot = 0; slot < 17; ++slot) EXPECT_EQ(gets_of(view, slot), 0U);
  EXPECT_EQ(gets_of(view, 0), 0U);
  EXPECT_EQ(gets_of(view, 100), 1U);  // in the place of 1
  EXPECT_EQ(gets_of(view, 0), 0U);
  EXPECT_EQ(gets_of(view, 2), 0U);
  EXPECT_EQ(gets_of(view, 1), 1U);
}

TEST_P(CachedViewTest, ALeavingNodeTakesItsListAlong) {
  CachedView view(*index_, index_->row_places(), 1);
  std::span<const Slot> links;
  ASSERT_EQ(view.links(0, 5, links), Code::ok);
  const std::vector<Slot> list(links.begin(), links.end());
  for (Slot slot = 100; slot < 117; ++slot) (void)gets_of(view, slot);
  store_->reset();
  ASSERT_EQ(view.links(0, 5, links), Code::ok);
  EXPECT_EQ(store_->counts().gets, 1U);
  EXPECT_EQ(std::vector<Slot>(links.begin(), links.end()), list);
}

TEST(CachedViewBytes, AreGivenInMebibytes) {
  EXPECT_EQ(cached_view_bytes(Spec::parse("cached")), std::size_t{64} << 20);
  EXPECT_EQ(cached_view_bytes(Spec::parse("cached(mib=3)")), std::size_t{3} << 20);
  support::expect_error(Code::invalid_argument, {"mib"},
                        [] { cached_view_bytes(Spec::parse("cached(mib=0)")); });
}

INSTANTIATE_TEST_SUITE_P(AllStores, CachedViewTest, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
