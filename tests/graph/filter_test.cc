#include "graph/filter.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <roaring/roaring64map.hh>
#include <set>

#include "tests/graph/query_fixture.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

const QueryIndex& small() {
  static const QueryIndex index(300);
  return index;
}

const QueryIndex& renumbered() {
  static const QueryIndex index(300, "memory", "bfs");
  return index;
}

/// All slots that a filter lists, in steps of `most`.
std::vector<Slot> listed(const Filter& filter, std::size_t most) {
  std::vector<Slot> all;
  std::vector<Slot> some;
  for (Slot at = 0; at < filter.index().meta().slots;) {
    at = filter.next_slots(at, most, some);
    EXPECT_LE(some.size(), most);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<Slot> accepted(const Filter& filter) {
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < filter.index().meta().slots; ++slot) {
    if (filter.accepts(slot)) slots.push_back(slot);
  }
  return slots;
}

RC_GTEST_PROP(FilterProperty, HoldsTheSlotsOfTheBitmapsIdsWhateverTheNumbering, ()) {
  const auto ids = *rc::gen::container<std::set<ItemId>>(rc::gen::inRange<ItemId>(0, 600));
  Roaring64Map bitmap;
  for (const ItemId id : ids) bitmap.add(std::uint64_t{id});
  const auto most = *rc::gen::inRange<std::size_t>(1, 100);
  for (const QueryIndex* index : {&small(), &renumbered()}) {
    const StoredIndex stored(index->store(), "main");
    const Filter filter(stored, bitmap);
    std::vector<Slot> expected;
    for (const ItemId id : ids) {
      if (const std::optional<Slot> slot = stored.slot_of(id)) expected.push_back(*slot);
    }
    std::sort(expected.begin(), expected.end());
    RC_ASSERT(accepted(filter) == expected);
    RC_ASSERT(listed(filter, most) == expected);
    RC_ASSERT(filter.exact_count() == expected.size());
    RC_ASSERT(filter.count() == expected.size());
  }
}

TEST(Filter, IgnoresIdsThatTheIndexDoesNotHold) {
  Roaring64Map ids;
  for (const std::uint64_t id : {7UL, 300UL, 1UL << 31, 1UL << 40, ~0UL}) ids.add(id);
  for (const QueryIndex* index : {&small(), &renumbered()}) {
    const Reader reader = index->reader();
    EXPECT_EQ(reader.filter(ids).exact_count(), 1U);
  }
}

TEST(Filter, OfNothingListsNothing) {
  const Reader reader = small().reader();
  const Filter filter = reader.filter(Roaring64Map{});
  EXPECT_EQ(filter.exact_count(), 0U);
  EXPECT_FALSE(filter.everything());
  EXPECT_TRUE(listed(filter, 64).empty());
  EXPECT_TRUE(accepted(filter).empty());
}

TEST(Filter, KnowsThatItLetsEverythingPass) {
  const Reader reader = small().reader();
  Roaring64Map ids;
  for (std::uint64_t id = 0; id < 300; ++id) ids.add(id);
  EXPECT_TRUE(reader.filter(ids).everything());
  EXPECT_EQ(listed(reader.filter(ids), 64).size(), 300U);
  ids.remove(std::uint64_t{5});
  EXPECT_FALSE(reader.filter(ids).everything());
}

TEST(Filter, AsksAPredicateAboutIdsNotSlots) {
  for (const std::string_view view : view_names()) {
    const Reader reader = renumbered().reader(view);
    const Filter filter = reader.filter([](ItemId id) { return id % 7 == 3; });
    const StoredIndex stored(renumbered().store(), "main");
    for (ItemId id = 0; id < 300; ++id) {
      EXPECT_EQ(filter.accepts(*stored.slot_of(id)), id % 7 == 3) << view << id;
    }
    EXPECT_EQ(listed(filter, 10), accepted(filter));
  }
}

TEST(Filter, CountsAPredicateOnASmallIndexExactly) {
  const Reader reader = small().reader();
  EXPECT_EQ(reader.filter([](ItemId id) { return id < 31; }).exact_count(), 31U);
}

TEST(Filter, EstimatesAPredicateOnALargeIndexFromASampleThatNeverChanges) {
  const QueryIndex index(6000);
  const Reader reader = index.reader();
  for (const double share : {0.5, 0.1, 0.02}) {
    const auto accepts = [&](ItemId id) {
      return static_cast<double>(hash64(3, id) % 1000000) < share * 1e6;
    };
    const Filter filter = reader.filter(accepts);
    EXPECT_EQ(filter.exact_count(), std::nullopt);
    const double error = std::sqrt((1 - share) / (2000 * share));
    EXPECT_NEAR(static_cast<double>(filter.count()), share * 6000, 4 * error * share * 6000 + 3);
    EXPECT_EQ(reader.filter(accepts).count(), filter.count());
  }
  EXPECT_GT(reader.filter([](ItemId) { return false; }).count(), 0U);
  EXPECT_FALSE(reader.filter([](ItemId) { return true; }).everything());
}

TEST(Filter, RefusesAnEmptyPredicate) {
  const Reader reader = small().reader();
  support::expect_error(Code::invalid_argument, {"predicate"},
                        [&] { reader.filter(std::function<bool(ItemId)>{}); });
}

}  // namespace
}  // namespace skerry::graph
