#pragma once
// One graph and a store of one kind, for the tests of layouts.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/digest.h"
#include "graph/reader.h"
#include "graph/write_index.h"
#include "tests/graph/fixtures.h"
#include "tests/graph/store_subject.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {

/// The parameter is a kind of store. Vectors, rows and graph are made once for all tests of a
/// suite.
class LayoutFixture : public testing::TestWithParam<std::string> {
 protected:
  static constexpr std::size_t dimension = 12;
  static constexpr std::size_t count = 400;

  static void SetUpTestSuite() {
    vectors_ = new std::vector<float>(uniform_vectors(count, dimension, 1));
    rows_ = new Rows(rows_of("cosine", *vectors_, dimension));
    graph_ = new Graph(build(*rows_, parameters()));
  }

  static void TearDownTestSuite() {
    delete graph_;
    delete rows_;
    delete vectors_;
  }

  void SetUp() override { store_.emplace(GetParam(), dir_.path() / "store"); }

  static Bytes vector(std::size_t i) {
    return std::as_bytes(std::span(*vectors_)).subspan(i * dimension * 4, dimension * 4);
  }

  /// The views that the store can give.
  std::vector<std::string_view> views() {
    std::vector<std::string_view> views;
    for (const std::string_view view : view_names()) {
      if (view_supported(view, (*store_)->traits().view_life)) views.push_back(view);
    }
    return views;
  }

  /// That the index is the graph, by what it says and by what it holds.
  static void expect_graph(const StoredIndex& index) {
    EXPECT_EQ(graph_digest(index.load_graph(), index.ids().load()), graph_digest(*graph_));
    EXPECT_EQ(index.meta().digest, graph_digest(*graph_));
  }

  support::TempDir dir_;
  std::optional<StoreSubject> store_;
  static inline std::vector<float>* vectors_;
  static inline Rows* rows_;
  static inline Graph* graph_;
};

}  // namespace skerry::graph
