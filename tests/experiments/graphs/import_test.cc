#include "experiments/graphs/import.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "experiments/graph_file.h"
#include "experiments/graphs/csr.h"
#include "graph/digest.h"
#include "graph/inspect.h"
#include "tests/experiments/graphs/shipped.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

const std::vector<std::string> files = {"hnswlib-l2.bin", "hnswlib-cosine.bin", "faiss-l2.index",
                                        "faiss-ip.index", "scipy.npz"};

ImportedGraph import_as(const std::filesystem::path& path, const char* metric) {
  return import_graph(path, shipped_vectors(), distance::metric(metric));
}

double squared(const Matrix& m, std::size_t a, std::size_t b) {
  double sum = 0;
  for (std::size_t j = 0; j < m.dimension; ++j) {
    const double d =
        double{load<float>(m.row(a).data() + 4 * j)} - double{load<float>(m.row(b).data() + 4 * j)};
    sum += d * d;
  }
  return sum;
}

TEST(Import, TakesHnswlibAndFaissIndexesWithTheirVectors) {
  EXPECT_EQ(import_as(shipped("hnswlib-l2.bin"), "euclidean").format, "hnswlib");
  EXPECT_EQ(import_as(shipped("hnswlib-cosine.bin"), "cosine").format, "hnswlib");
  EXPECT_EQ(import_as(shipped("faiss-l2.index"), "euclidean").format, "faiss");
  EXPECT_EQ(import_as(shipped("faiss-ip.index"), "inner_product").format, "faiss");
  EXPECT_EQ(import_as(shipped("scipy.npz"), "euclidean").format, "csr");
}

TEST(Import, KeepsTheBoundsLevelsAndReachOfForeignGraphs) {
  for (const char* name : {"hnswlib-l2.bin", "faiss-l2.index"}) {
    const graph::Graph graph = read_foreign_graph(shipped(name)).graph;
    EXPECT_EQ(graph.size(), 200U);
    EXPECT_EQ(graph.bounds().M, 6U);
    EXPECT_EQ(graph.bounds().M0, 12U);
    EXPECT_GT(graph.top_level(), 0U);
    EXPECT_EQ(graph::inspect_graph(graph).unreachable, 0U) << name;
  }
}

TEST(Import, LinksOfItemsNotOfInternalNumbersLeadToNearOnes) {
  // The hnswlib files have labels in descending order: without the mapping, links would be those of
  // other items, and as long as any pair.
  const Matrix vectors = shipped_vectors();
  const graph::Graph graph = read_foreign_graph(shipped("hnswlib-l2.bin")).graph;
  double linked = 0;
  std::size_t links = 0;
  double all = 0;
  for (Slot a = 0; a < 200; ++a) {
    for (const Slot b : graph.links(0, a)) linked += squared(vectors, a, b), ++links;
    for (Slot b = 0; b < 200; ++b) all += squared(vectors, a, b);
  }
  EXPECT_LT(linked / static_cast<double>(links), 0.5 * all / (200 * 199));
}

TEST(Import, ScipyRowsAreTheListsOfLevelZero) {
  const ForeignGraph found = read_foreign_graph(shipped("scipy.npz"));
  EXPECT_EQ(found.graph.bounds().M0, 8U);
  EXPECT_EQ(found.graph.top_level(), 0U);
  const Matrix vectors = shipped_vectors();
  for (Slot a = 0; a < 200; ++a) {
    ASSERT_EQ(found.graph.links(0, a).size(), 8U);
    double farthest = 0;
    for (const Slot b : found.graph.links(0, a)) {
      farthest = std::max(farthest, squared(vectors, a, b));
    }
    std::size_t nearer = 0;
    for (Slot b = 0; b < 200; ++b) nearer += b != a && squared(vectors, a, b) < farthest - 1e-6;
    EXPECT_LE(nearer, 8U);
  }
}

TEST(Import, NamesTheFirstItemWhoseVectorDiffers) {
  Matrix vectors = shipped_vectors();
  vectors.data[(17 * 8 + 3) * 4] ^= std::byte{1};
  for (const char* name : {"hnswlib-l2.bin", "faiss-l2.index"}) {
    support::expect_error(Code::mismatch, {"item 17", "component 3", name}, [&] {
      import_graph(shipped(name), vectors, distance::metric("euclidean"));
    });
  }
  support::expect_error(Code::mismatch, {"item 0"},
                        [&] { import_as(shipped("hnswlib-cosine.bin"), "euclidean"); });
}

TEST(Import, RefusesDataSetsOfAnotherShapeOrElement) {
  Matrix fewer = shipped_vectors();
  fewer.rows = 199;
  support::expect_error(Code::mismatch, {"numbers of items", "199", "200"}, [&] {
    import_graph(shipped("scipy.npz"), fewer, distance::metric("euclidean"));
  });
  Matrix narrower{200, 4, 16, std::vector<std::byte>(3200)};
  support::expect_error(Code::mismatch, {"dimensions", "4", "8"}, [&] {
    import_graph(shipped("faiss-l2.index"), narrower, distance::metric("euclidean"));
  });
  support::expect_error(Code::unsupported, {"hamming"},
                        [&] { import_as(shipped("faiss-l2.index"), "hamming"); });
}

TEST(Import, CsrGivesBackEveryGraphThatWasWritten) {
  const support::TempDir folder;
  for (const std::string& name : files) {
    const graph::Graph graph = read_foreign_graph(shipped(name)).graph;
    write_csr(folder.path() / "graph.npz", graph);
    const graph::Graph again = read_foreign_graph(folder.path() / "graph.npz").graph;
    EXPECT_EQ(graph::graph_digest(again), graph::graph_digest(graph));
    EXPECT_EQ(again.bounds().M, graph.bounds().M);
    EXPECT_EQ(again.bounds().M0, graph.bounds().M0);
    write_graph_file(folder.path() / "graph", graph);
    EXPECT_EQ(graph::graph_digest(read_foreign_graph(folder.path() / "graph").graph),
              graph::graph_digest(graph));
  }
  write_csr(folder.path() / "empty.npz", graph::Graph({3, 5}));
  EXPECT_EQ(read_foreign_graph(folder.path() / "empty.npz").graph.size(), 0U);
}

TEST(Import, DropsAndCountsSelfLinksAndRepeatedLinks) {
  GraphAssembler assembler("x", {2, 4}, {0, 0, 0});
  assembler.set_links(0, 0, {0, 1, 2, 1, 2});
  const ForeignGraph found = assembler.finish("csr", {0});
  EXPECT_EQ(found.graph.links(0, 0).size(), 2U);
  ASSERT_EQ(found.notes.size(), 2U);
  EXPECT_NE(found.notes[0].find("dropped: 1"), std::string::npos);
  EXPECT_NE(found.notes[1].find("dropped: 2"), std::string::npos);
}

TEST(Import, RefusesLinksThatNoSearchCouldFollow) {
  GraphAssembler assembler("x", {1, 2}, {1, 0, 0, 0});
  support::expect_error(Code::corrupt, {"item 1", "leads to 4"},
                        [&] { assembler.set_links(0, 1, {4}); });
  support::expect_error(Code::corrupt, {"leads to -1"}, [&] { assembler.set_links(0, 1, {-1}); });
  support::expect_error(Code::corrupt, {"not on the level"},
                        [&] { assembler.set_links(1, 0, {1}); });
  support::expect_error(Code::corrupt, {"top level is 0"}, [&] { assembler.set_links(1, 1, {0}); });
  support::expect_error(Code::corrupt, {"3 links", "bound is 2"}, [&] {
    assembler.set_links(0, 1, {0, 2, 3});
  });
  support::expect_error(Code::corrupt, {"entry point 1"}, [&] { assembler.finish("csr", {1}); });
}

TEST(Import, FilesOfOtherKindsAreUnsupported) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "file";
  for (const std::string_view text : {"", "x", "some text that is no graph at all", "IxF2......"}) {
    write_bytes(path, as_bytes(text));
    support::expect_error(Code::unsupported, {path.string()}, [&] { read_foreign_graph(path); });
  }
  support::expect_error(Code::not_found, {}, [&] { read_foreign_graph(folder.path() / "none"); });
}

/// Without a file, since thousands of them would take their time.
ForeignGraph parse(const std::string& name, Bytes bytes) {
  if (name.starts_with("faiss")) return read_faiss(bytes, name);
  if (name.starts_with("hnswlib")) return read_hnswlib(bytes, name);
  return read_csr(bytes, name);
}

TEST(Import, EveryTruncationIsCorrupt) {
  for (const std::string& name : files) {
    const std::vector<std::byte> good = bytes_of(shipped(name));
    for (std::size_t size = 0; size < good.size(); size += size < 400 ? 1 : 13) {
      support::expect_error(Code::corrupt, {name}, [&] { parse(name, Bytes(good).first(size)); });
    }
  }
}

TEST(Import, ChangedBytesGiveAGraphOrARefusal) {
  Random random(7);
  for (const std::string& name : files) {
    const std::vector<std::byte> good = bytes_of(shipped(name));
    for (int i = 0; i < 3000; ++i) {
      std::vector<std::byte> bad = good;
      const std::size_t changes = 1 + random.below(3);
      for (std::size_t c = 0; c < changes; ++c) {
        // Half of the changes hit the header, which holds the sizes.
        const std::size_t range = random.below(2) == 0 ? 200 : bad.size();
        bad[random.below(range)] = static_cast<std::byte>(random.below(256));
      }
      try {
        graph::inspect_graph(parse(name, bad).graph);
      } catch (const Error& error) {
        EXPECT_TRUE(error.code() == Code::corrupt || error.code() == Code::unsupported)
            << error.what();
      }
    }
  }
}

}  // namespace
}  // namespace skerry::experiments
