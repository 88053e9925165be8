#include "graph/plan_query.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace skerry::graph {
namespace {

QueryShape shape_of(double share, std::size_t items = 1000000) {
  QueryShape shape;
  shape.items = items;
  shape.accepted = static_cast<std::size_t>(share * static_cast<double>(items));
  shape.everything = share == 1;
  shape.ef = 100;
  shape.degree = 22;
  return shape;
}

Seen seen(std::uint64_t accepted) { return {.hops = 12, .compared = 150, .accepted = accepted}; }

const QueryCosts costs = QueryCosts::of_view("frozen", 1540, 1540);

TEST(ShareNear, IsTheShareOfAllWhereTheProbeIsWithinChance) {
  EXPECT_EQ(share_near(shape_of(0.1), seen(15)), 0.1);
  EXPECT_EQ(share_near(shape_of(0.1), seen(9)), 0.1);
  EXPECT_EQ(share_near(shape_of(0.5), seen(60)), 0.5);
}

TEST(ShareNear, IsWhatTheProbeSawWhereThatIsNoChance) {
  EXPECT_EQ(share_near(shape_of(0.1), seen(75)), 0.5);
  EXPECT_EQ(share_near(shape_of(0.01), seen(150)), 1.0);
  EXPECT_EQ(share_near(shape_of(0.5), seen(15)), 0.1);
}

TEST(ShareNear, IsNoneWhereTheProbeSawAlmostNothing) {
  EXPECT_EQ(share_near(shape_of(0.5), seen(2)), 0);
  EXPECT_EQ(share_near(shape_of(0.01), seen(0)), 0);
}

TEST(ProbeHops, AreFewWhereTheScanIsCheap) {
  EXPECT_EQ(probe_hops(shape_of(0.5), costs), 12U);
  EXPECT_EQ(probe_hops(shape_of(0.001), costs), 4U);
}

TEST(PlanQuery, GoesTheWayThatTheMeasurementsFoundBest) {
  EXPECT_EQ(plan_query(shape_of(0.001), {}, costs).scan, ScanReason::cheaper);
  EXPECT_EQ(plan_query(shape_of(1), {}, costs).way, Way::walk);
  EXPECT_EQ(plan_query(shape_of(0.1), {}, costs).way, Way::automatic);
  EXPECT_EQ(plan_after_probe(shape_of(0.5), seen(75), costs).way, Way::walk);
  EXPECT_EQ(plan_after_probe(shape_of(0.1), seen(15), costs).way, Way::two_hop);
  EXPECT_EQ(plan_after_probe(shape_of(0.1), seen(150), costs).way, Way::walk);
  EXPECT_EQ(plan_after_probe(shape_of(0.01), seen(3), costs).scan, ScanReason::cheaper);
  EXPECT_EQ(plan_after_probe(shape_of(0.5), seen(0), costs).scan, ScanReason::stalled);
}

TEST(PlanQuery, TakesWhatTheCallerAsksFor) {
  for (const Way way : {Way::walk, Way::two_hop, Way::scan}) {
    EXPECT_EQ(plan_query(shape_of(0.001), {.way = way}, costs).way, way);
  }
}

RC_GTEST_PROP(PlanQueryProperty, NeverBeginsAWalkThatMayCostMoreThanItsPartOfAScan, ()) {
  const auto items = *rc::gen::inRange<std::size_t>(1, 10000000);
  QueryShape shape = shape_of(1, items);
  shape.everything = false;
  shape.accepted = *rc::gen::inRange<std::size_t>(0, items + 1);
  shape.ef = *rc::gen::inRange<std::size_t>(1, 5000);
  const auto accepted = *rc::gen::inRange<std::uint64_t>(0, 151);
  const QueryPlan plan = plan_after_probe(shape, seen(accepted), costs);
  if (plan.way == Way::scan) {
    RC_ASSERT(plan.scan != ScanReason::none);
  } else {
    RC_ASSERT(plan.allowance <= 0.75 * scan_cost(shape, costs));
  }
}

}  // namespace
}  // namespace skerry::graph
