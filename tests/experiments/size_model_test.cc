#include "experiments/size_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "distance/metric.h"
#include "graph/build.h"
#include "graph/codec/codec.h"
#include "graph/link_sizes.h"
#include "graph/rows.h"
#include "heuristics/registry.h"

namespace skerry::experiments {
namespace {

TEST(SizeModel, NodesOfAllLevelsAreAGeometricSeries) {
  const SizeEstimate size = estimate_sizes({.n = 1'000'000, .dimension = 768});
  EXPECT_NEAR(size.records / 1e6, 1 / (1 - 1 / 16.0), 1e-5);
  EXPECT_NEAR(size.nodes_per_level[1], 62'500, 1e-3);
  EXPECT_EQ(estimate_sizes({.n = 1000, .dimension = 8, .levels = "flat"}).records, 1000);
  const double quarter = std::exp(-2.0);
  EXPECT_NEAR(
      estimate_sizes({.n = 1000, .dimension = 8, .levels = "geometric(ml=0.5)"}).nodes_per_level[1],
      1000 * quarter, 1e-6);
}

TEST(SizeModel, FullListsOfOneLevelFollowHandArithmetic) {
  SizeInput input{.n = 50'000, .dimension = 8, .codec = "u32", .levels = "flat"};
  input.edges_per_vector = 32;
  const SizeEstimate u32 = estimate_sizes(input);
  EXPECT_DOUBLE_EQ(u32.edges, 50'000.0 * 32);
  EXPECT_DOUBLE_EQ(u32.links.values, 50'000.0 * 32 * 4);
  EXPECT_DOUBLE_EQ(u32.links.keys, 50'000.0 * 5);
  // 2 + 8 + 5 + 128 + 1 = 144 bytes a record; 28 fit into 4080.
  EXPECT_NEAR(u32.links.lmdb, 4096 * 50'000.0 / 28, 0.02 * u32.links.lmdb);
  EXPECT_DOUBLE_EQ(u32.value_bytes_lone_link, 4);
  input.codec = "roaring";
  const SizeEstimate roaring = estimate_sizes(input);
  // One container below 65536: 8 + 8 + 2 d.
  EXPECT_DOUBLE_EQ(roaring.links.values, 50'000.0 * (16 + 64));
  EXPECT_DOUBLE_EQ(roaring.value_bytes_lone_link, 18);
}

TEST(SizeModel, RoaringPaysForEveryContainerThatAListTouches) {
  SizeInput input{.n = 1'000'000, .dimension = 8, .codec = "roaring", .levels = "flat"};
  input.edges_per_vector = 32;
  // Expected containers of 32 even draws: sum over containers of 1 - (1 - share)^32.
  double containers = 0;
  for (double left = 1e6; left > 0; left -= 65'536) {
    containers += 1 - std::pow(1 - std::min(left, 65'536.0) / 1e6, 32);
  }
  const double right = 1e6 * (8 + 8 * containers + 64);
  EXPECT_NEAR(estimate_sizes(input).links.values, right, 0.01 * right);
}

TEST(SizeModel, DeltaTakesTheExpectedLengthOfItsGaps) {
  SizeInput input{.n = 100'000, .dimension = 8, .codec = "delta", .levels = "flat"};
  input.edges_per_vector = 20;
  // P(gap >= g) = C(n - g, 20) / C(n, 20), about (1 - g / n)^20; a byte more from 2^7 and 2^14 on.
  const auto beyond = [](double gap) { return std::pow(1 - gap / 1e5, 20); };
  const double right = 1e5 * 20 * (1 + beyond(128) + beyond(16'384));
  EXPECT_NEAR(estimate_sizes(input).links.values, right, 0.01 * right);
}

TEST(SizeModel, LargeVectorsGoToOverflowPages) {
  // Rows of 1536 bytes: two to a page. Rows of 3072: 8 + 4 + 3072 > 2038, one page each.
  const SizeEstimate small = estimate_sizes({.n = 10'000, .dimension = 384});
  EXPECT_NEAR(small.vectors.lmdb / 4096, 5'000, 50);
  const SizeEstimate large = estimate_sizes({.n = 10'000, .dimension = 768});
  EXPECT_NEAR(large.vectors.lmdb / 4096, 10'000, 100);
  const SizeEstimate larger = estimate_sizes({.n = 10'000, .dimension = 1536});
  EXPECT_NEAR(larger.vectors.lmdb / 4096, 20'000, 200);
}

TEST(SizeModel, PackingSavesKeysAndPages) {
  SizeInput input{.n = 10'000, .dimension = 8, .codec = "u32", .levels = "flat"};
  input.edges_per_vector = 32;
  const SizeEstimate apart = estimate_sizes(input);
  input.layout = "apart(vectors=10, links=4)";
  const SizeEstimate packed = estimate_sizes(input);
  EXPECT_DOUBLE_EQ(packed.links.keys, 2'500 * 5);
  EXPECT_DOUBLE_EQ(packed.links.values, apart.links.values + 10'000 * 2);
  EXPECT_DOUBLE_EQ(packed.vectors.keys, 1'000 * 4);
  EXPECT_DOUBLE_EQ(packed.vectors.values, apart.vectors.values);
  EXPECT_LT(packed.disk_bytes("lmdb"), apart.disk_bytes("lmdb"));
  input.layout = "together";
  const SizeEstimate together = estimate_sizes(input);
  EXPECT_DOUBLE_EQ(together.links.keys, 0);
  EXPECT_DOUBLE_EQ(together.disk_bytes("memory"), apart.disk_bytes("memory") - 10'000 * 5);
}

TEST(SizeModel, CodesBesideLinksAreToldApartFromLinks) {
  SizeInput input{.n = 10'000, .dimension = 384, .codec = "u32", .levels = "flat"};
  input.edges_per_vector = 32;
  input.encoding = "rabitq";
  const SizeEstimate apart = estimate_sizes(input);
  EXPECT_DOUBLE_EQ(apart.codes.values, 10'000 * 60);
  EXPECT_DOUBLE_EQ(apart.inline_code_bytes, 0);
  input.layout = "inline";
  const SizeEstimate beside = estimate_sizes(input);
  EXPECT_DOUBLE_EQ(beside.inline_code_bytes, 10'000 * 32 * 60);
  // A list of 128 bytes has its size before it in two.
  EXPECT_DOUBLE_EQ(beside.links.values, apart.links.values + 10'000 * 2 + beside.inline_code_bytes);
  EXPECT_DOUBLE_EQ(beside.codes.values, apart.codes.values);
  input.encoding = "f32";
  EXPECT_THROW(estimate_sizes(input), Error);
}

TEST(SizeModel, BuiltGraphsAreWithinTenPercentOfTheEstimate) {
  constexpr std::size_t n = 3000;
  constexpr std::size_t dimension = 16;
  const distance::Metric& metric = distance::metric("euclidean");
  Random random(7);
  std::vector<float> vectors(n * dimension);
  for (float& component : vectors) component = static_cast<float>(random.unit());
  const graph::Rows rows =
      graph::encode_rows(metric, dimension, std::as_bytes(std::span(vectors)), n, 1);
  graph::BuildParameters parameters;
  parameters.selection = heuristics::selection("hnsw");
  graph::Builder builder(rows, parameters);
  builder.insert_until(n);
  const graph::Graph graph = builder.take();
  const graph::LinkCounts counts = graph::link_counts(graph);
  for (const graph::LinkCodec* codec : graph::link_codecs()) {
    SizeInput input{.n = n, .dimension = dimension, .codec = std::string(codec->name())};
    input.edges_per_vector = static_cast<double>(counts.edges) / n;
    const SizeEstimate size = estimate_sizes(input);
    const auto values = static_cast<double>(graph::encoded_bytes(graph, *codec));
    EXPECT_NEAR(size.links.values, values, 0.1 * values) << codec->name();
    const auto keys = 5 * static_cast<double>(counts.lists);
    EXPECT_NEAR(size.links.keys, keys, 0.1 * keys);
    const auto resident = static_cast<double>(graph.resident_bytes());
    EXPECT_NEAR(size.frozen_link_bytes, resident, 0.1 * resident);
  }
}

TEST(SizeModel, OneItemHasNoLinks) {
  const SizeEstimate size = estimate_sizes({.n = 1, .dimension = 4});
  EXPECT_EQ(size.edges, 0);
  EXPECT_EQ(size.links.values, 0);
  EXPECT_EQ(size.list_bound_bytes, 0);
}

TEST(SizeModel, WhatCannotBeIsRefused) {
  EXPECT_THROW(estimate_sizes({.n = 0, .dimension = 4}), Error);
  EXPECT_THROW(estimate_sizes({.n = 9, .dimension = 0}), Error);
  EXPECT_THROW(estimate_sizes({.n = 9, .dimension = 4, .M = 16, .M0 = 8}), Error);
  EXPECT_THROW(estimate_sizes({.n = 9, .dimension = 4, .codec = "detla"}), Error);
  EXPECT_THROW(estimate_sizes({.n = 9, .dimension = 4, .edges_per_vector = 40}), Error);
  EXPECT_THROW(estimate_sizes({.n = 9, .dimension = 4}).disk_bytes("lmbd"), Error);
}

}  // namespace
}  // namespace skerry::experiments
