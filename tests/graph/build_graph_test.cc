#include "graph/build_graph.h"

#include <gtest/gtest.h>

#include <array>

#include "graph/digest.h"
#include "heuristics/levels/geometric.h"
#include "heuristics/overflow/truncate.h"
#include "heuristics/schedule/sequential.h"
#include "heuristics/selection/closest.h"
#include "tests/graph/fixtures.h"
#include "tests/support/expect_error.h"

namespace skerry::graph {
namespace {

TEST(BuildGraph, FixedPoliciesMakeTheGraphThatABuilderMakes) {
  const Rows rows = rows_of("euclidean", uniform_vectors(1500, 8, 3), 8);
  BuildParameters given = parameters(2);
  EXPECT_EQ(graph_digest(build_graph(rows, given, Policies{})), graph_digest(build(rows, given)));

  given.seed = 7;
  given.selection = heuristics::selection("closest");
  given.overflow = heuristics::overflow("truncate");
  given.levels = heuristics::levels("geometric");
  given.schedule = heuristics::schedule("sequential");
  const Policies policies{heuristics::Closest{}, heuristics::Truncate{}, heuristics::Geometric{},
                          heuristics::Sequential{}};
  EXPECT_EQ(graph_digest(build_graph(rows, given, policies)), graph_digest(build(rows, given)));
}

/// Links to the one nearest candidate.
struct Nearest {
  static constexpr std::string_view name = "nearest";
  static constexpr std::string_view description = "one link";
  static constexpr std::array<Parameter, 0> parameters{};

  Nearest() = default;

  explicit Nearest(const Arguments&) {}

  void select(std::span<const Neighbor> pool, std::size_t max_links, bool,
              heuristics::Surroundings auto&, std::vector<Neighbor>& selected) const {
    const auto some =
        static_cast<std::ptrdiff_t>(std::min({pool.size(), max_links, std::size_t{1}}));
    selected.assign(pool.begin(), pool.begin() + some);
  }
};

TEST(BuildGraph, APolicyOfOnesOwnChoosesTheLinks) {
  const Rows rows = rows_of("euclidean", uniform_vectors(300, 8, 3), 8);
  BuildParameters given = parameters();
  given.bounds = {300, 300};
  const Graph graph = build_graph(rows, given, Policies<Nearest>{});
  std::size_t links = 0;
  for (Slot slot = 0; slot < graph.size(); ++slot) links += graph.links(0, slot).size();
  // Each item but the first makes one link, and gets its reverse.
  EXPECT_EQ(links, 2 * (rows.size() - 1));
}

TEST(BuildGraph, ParametersOutOfRangeAreRefused) {
  const Rows rows = rows_of("euclidean", uniform_vectors(3, 8, 3), 8);
  BuildParameters given = parameters();
  given.bounds.M = 0;
  support::expect_error(Code::invalid_argument, {"M is 0"},
                        [&] { build_graph(rows, given, Policies{}); });
}

}  // namespace
}  // namespace skerry::graph
