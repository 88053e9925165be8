// Bugs of peers with vectors and stores, each as what must hold here instead.
// docs/peer-bugs.md says which bug each test is about.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#include "graph/reader.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/graph/fixtures.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

/// A vector as the metric takes it: floats, or bits.
std::vector<std::byte> vector_of(const distance::Metric& metric, std::size_t dimension,
                                 std::uint64_t seed) {
  const std::vector<float> floats = uniform_vectors(1, dimension, seed);
  std::vector<std::byte> bytes(metric.vector_bytes(dimension));
  if (metric.element != distance::Element::bit) {
    std::memcpy(bytes.data(), floats.data(), bytes.size());
    return bytes;
  }
  for (std::size_t i = 0; i < dimension; ++i) {
    if (floats[i] < 0.5F) bytes[i / 8] |= static_cast<std::byte>(1U << (i % 8));
  }
  return bytes;
}

TEST(PeerBugsValues, VectorsOfAnyDimensionComeBackAsTheyWereGivenAndFindThemselves) {
  const std::unique_ptr<kv::Store> store = kv::open_store("memory", {});
  for (const char* metric : {"euclidean", "cosine", "manhattan", "hamming"}) {
    for (const std::size_t dimension : {1U, 63U, 65U, 127U, 1063U}) {
      const std::string name = metric + std::to_string(dimension);
      Writer::create(*store, name, {.metric = metric, .dimension = dimension});
      Writer writer(*store, name);
      const distance::Metric& of = distance::metric(metric);
      for (ItemId id = 0; id < 12; ++id) writer.add(id, vector_of(of, dimension, id));
      writer.build(kv::Durability::process);
      const Reader reader(*store, name, "direct");
      for (ItemId id = 0; id < 12; ++id) {
        const std::vector<std::byte> given = vector_of(of, dimension, id);
        EXPECT_EQ(writer.vector(id), given) << name;
        std::vector<Hit> hits;
        reader.searcher()->search(given, {.k = 1, .ef = 12}, hits);
        ASSERT_EQ(hits.size(), 1U) << name;
        EXPECT_NEAR(hits[0].distance, 0, 1e-6) << name;
      }
    }
  }
}

TEST(PeerBugsValues, AnotherMetricKeepsEveryVectorAndFindsByTheNewDistance) {
  const std::unique_ptr<kv::Store> store = kv::open_store("memory", {});
  Writer::create(*store, "main", {.metric = "euclidean", .dimension = 8});
  Writer writer(*store, "main");
  const distance::Metric& euclidean = distance::metric("euclidean");
  for (ItemId id = 0; id < 100; ++id) writer.add(id, vector_of(euclidean, 8, id));
  writer.build(kv::Durability::process);
  const std::vector<std::byte> query = vector_of(euclidean, 8, 500);
  for (const char* metric : {"cosine", "manhattan", "inner_product", "euclidean"}) {
    IndexOptions options = writer.options();
    options.metric = metric;
    writer.rebuild(options, kv::Durability::process);
    for (ItemId id = 0; id < 100; ++id) {
      EXPECT_EQ(writer.vector(id), vector_of(euclidean, 8, id)) << metric;
    }
    double nearest = std::numeric_limits<double>::infinity();
    for (ItemId id = 0; id < 100; ++id) {
      const distance::Metric& of = distance::metric(metric);
      nearest = std::min(nearest, distance::exact_distance(of, query, *writer.vector(id), 8));
    }
    std::vector<Hit> hits;
    Reader(*store, "main").searcher()->search(query, {.k = 1, .ef = 100}, hits);
    EXPECT_NEAR(hits.at(0).distance, nearest, 1e-5) << metric;
  }
}

TEST(PeerBugsValues, AZeroVectorIsNotNearestToEverything) {
  const std::unique_ptr<kv::Store> store = kv::open_store("memory", {});
  Writer::create(*store, "main", {.metric = "cosine", .dimension = 8});
  Writer writer(*store, "main");
  for (ItemId id = 1; id < 100; ++id) {
    const std::vector<float> vector = uniform_vectors(1, 8, id);
    writer.add(id, std::as_bytes(std::span(vector)));
  }
  const std::vector<float> zero(8, 0.0F);
  const std::vector<float> tiny(8, 1e-30F);
  writer.add(0, std::as_bytes(std::span(zero)));
  writer.add(100, std::as_bytes(std::span(tiny)));
  writer.build(kv::Durability::process);
  const Reader reader(*store, "main", "direct");
  const std::vector<float> query = uniform_vectors(1, 8, 5);
  std::vector<Hit> hits;
  reader.searcher()->search(std::as_bytes(std::span(query)), {.k = 101, .ef = 101}, hits);
  ASSERT_EQ(hits.size(), 101U);
  EXPECT_EQ(hits.front().id, 5U);
  // The vectors have no component below zero, so nothing else is at a right angle to the query.
  for (const std::size_t last : {99U, 100U}) {
    EXPECT_TRUE(hits[last].id == 0 || hits[last].id == 100) << hits[last].id;
    EXPECT_EQ(hits[last].distance, 1);
  }
}

class PeerBugsStores : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    store_ = kv::open_store(GetParam(), {.path = dir_.path() / "store", .create = true});
  }

  support::TempDir dir_;
  std::unique_ptr<kv::Store> store_;
};

TEST_P(PeerBugsStores, TwoHundredReadersEachKeepTheStateThatTheyOpened) {
  Writer::create(*store_, "main", {.metric = "euclidean", .dimension = 2});
  Writer writer(*store_, "main");
  std::vector<std::unique_ptr<Reader>> readers;
  for (ItemId id = 0; id < 200; ++id) {
    if (id % 20 == 0) {
      const std::vector<float> vector = {static_cast<float>(id), 1};
      writer.add(id, std::as_bytes(std::span(vector)));
      writer.build(kv::Durability::process);
    }
    readers.push_back(std::make_unique<Reader>(*store_, "main", "direct"));
  }
  const std::vector<float> query = {0, 0};
  for (ItemId id = 0; id < 200; ++id) {
    std::vector<Hit> hits;
    readers[id]->searcher()->search(std::as_bytes(std::span(query)), {.k = 50, .ef = 50}, hits);
    EXPECT_EQ(hits.size(), id / 20 + 1) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(AllStores, PeerBugsStores, testing::Values("memory", "lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::graph
