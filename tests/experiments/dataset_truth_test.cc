// True neighbours from files: what is believed, what is cut, what is refused.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "experiments/dataset.h"
#include "experiments/exact_search.h"
#include "tests/support/expect_error.h"
#include "tests/support/hdf5_writer.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::bin_bytes;
using support::expect_error;
using Ids = std::vector<std::int32_t>;

class DatasetTruth : public testing::Test {
 protected:
  DatasetTruth() {
    put("x.fbin", bin_bytes<float>(1, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    put("q.fbin", bin_bytes<float>(1, {0.1F, 8.8F}));
  }

  std::string put(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = folder_.path() / name;
    support::write_file(path, bytes);
    return path.string();
  }

  Dataset load(const std::string& neighbors, std::size_t limit = 0) {
    return load_dataset({.path = path("x.fbin"),
                         .queries = path("q.fbin"),
                         .neighbors = path(neighbors),
                         .limit = limit},
                        distance::metric("euclidean"));
  }

  Dataset load_ids(std::size_t depth, const Ids& ids) {
    put("t.ibin", bin_bytes(depth, ids));
    return load("t.ibin");
  }

  Dataset load_ids(std::size_t depth, const Ids& ids, const std::vector<float>& distances) {
    put("t.ibin", bin_bytes(depth, ids) + support::raw(distances));
    return load("t.ibin");
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

 private:
  support::TempDir folder_;
};

TEST_F(DatasetTruth, NeighboursComeFromEveryFormatThatHoldsIntegers) {
  const Ids ids{0, 1, 2, 9, 8, 7};
  const std::vector<std::uint32_t> expected(ids.begin(), ids.end());
  put("t.ibin", bin_bytes(3, ids));
  put("t.ivecs", support::vecs_bytes(3, ids));
  put("t.npy", support::npy_bytes("<i4", 3, ids));
  put("u.npy", support::npy_bytes("<u8", 3, std::vector<std::uint64_t>(ids.begin(), ids.end())));
  put("s.npy", support::npy_bytes("|u1", 3, std::vector<std::uint8_t>(ids.begin(), ids.end())));
  for (const char* name : {"t.ibin", "t.ivecs", "t.npy", "u.npy", "s.npy"}) {
    const Dataset dataset = load(name);
    ASSERT_TRUE(dataset.truth.has_value()) << name;
    EXPECT_EQ(dataset.truth->depth, 3U);
    EXPECT_EQ(dataset.truth->ids, expected) << name;
    EXPECT_EQ(dataset.truth->of(1)[0], 9U);
  }
}

TEST_F(DatasetTruth, DistancesBehindTheIdsMayBeInAnyConvention) {
  const Ids ids{0, 1, 9, 8};
  EXPECT_TRUE(load_ids(2, ids, {0.1F, 0.9F, 0.2F, 0.8F}).truth.has_value());
  EXPECT_TRUE(load_ids(2, ids, {0.01F, 0.81F, 0.04F, 0.64F}).truth.has_value());
}

TEST_F(DatasetTruth, DistancesOfOtherVectorsAreRefusedNamingTheQuery) {
  expect_error(Code::mismatch, {"query 1, place 1", "id 8", "0.7", "t.ibin"}, [&] {
    load_ids(2, {0, 1, 9, 8}, {0.1F, 0.9F, 0.2F, 0.7F});
  });
  // One convention has to fit all queries.
  expect_error(Code::mismatch, {"query 1, place 0"}, [&] {
    load_ids(2, {0, 1, 9, 8}, {0.1F, 0.9F, 0.04F, 0.64F});
  });
  expect_error(Code::mismatch, {"query 0, place 0"}, [&] {
    load_ids(2, {0, 1, 9, 8}, {NAN, 0.9F, 0.2F, 0.8F});
  });
}

TEST_F(DatasetTruth, NeighboursOutOfOrderAreRefusedNamingTheQuery) {
  expect_error(Code::mismatch, {"query 1", "id 9", "euclidean", "t.ibin"}, [&] {
    load_ids(2, {0, 1, 8, 9});
  });
}

TEST_F(DatasetTruth, NeighboursThatAreNotTheNearestAreRefused) {
  expect_error(Code::mismatch, {"not the nearest", "query 1", "t.ibin"}, [&] {
    load_ids(2, {0, 1, 9, 7});
  });
  expect_error(Code::mismatch, {"not the nearest", "query 0"}, [&] {
    load_ids(2, {0, 3, 9, 8}, {0.1F, 2.9F, 0.2F, 0.8F});
  });
}

TEST_F(DatasetTruth, IdsOutsideTheDataSetAndRepeatedOnesAreRefused) {
  expect_error(Code::corrupt, {"query 0", "place 1", "id 10", "0..9"}, [&] {
    load_ids(2, {0, 10, 9, 8});
  });
  expect_error(Code::corrupt, {"query 1", "id -2"}, [&] { load_ids(2, {0, 1, 9, -2}); });
  expect_error(Code::corrupt, {"query 1", "id 9 occurs twice"}, [&] { load_ids(2, {0, 1, 9, 9}); });
  put("t.npy", support::npy_bytes<std::uint64_t>("<u8", 2, {0, 1, 9, UINT64_MAX - 5}));
  expect_error(Code::corrupt, {"query 1", "place 1"}, [&] { load("t.npy"); });
}

TEST_F(DatasetTruth, RowsThatEndInMinusOneCutTheDepth) {
  const Dataset cut = load_ids(3, {0, 1, 2, 9, 8, -1});
  EXPECT_EQ(cut.truth->depth, 2U);
  EXPECT_EQ(cut.truth->ids, (std::vector<std::uint32_t>{0, 1, 9, 8}));
  EXPECT_FALSE(load_ids(2, {0, 1, -1, -1}).truth.has_value());
  put("t.npy", support::npy_bytes<std::uint32_t>("<u4", 2, {0, UINT32_MAX, 9, 8}));
  EXPECT_EQ(load("t.npy").truth->depth, 1U);
  put("t.npy", support::npy_bytes<std::uint64_t>("<u8", 2, {0, UINT64_MAX, 9, 8}));
  EXPECT_EQ(load("t.npy").truth->depth, 1U);
  expect_error(Code::corrupt, {"query 1", "place 0", "id -1"}, [&] { load_ids(2, {0, 1, -1, 9}); });
}

TEST_F(DatasetTruth, NeighboursOfOtherQueriesAreRefused) {
  expect_error(Code::mismatch, {"of 1 queries, but 2", "t.ibin"}, [&] { load_ids(2, {0, 1}); });
}

TEST_F(DatasetTruth, NeighboursThatAreNoIntegersAreRefused) {
  put("t.fbin", bin_bytes<float>(1, {0, 9}));
  expect_error(Code::unsupported, {"integers, not f32", "t.fbin"}, [&] { load("t.fbin"); });
}

TEST_F(DatasetTruth, ALimitDropsTheFilesTruth) {
  put("t.ibin", bin_bytes<std::int32_t>(1, {0, 9}));
  const Dataset first = load("t.ibin", 5);
  EXPECT_EQ(first.train.rows, 5U);
  EXPECT_FALSE(first.truth.has_value());
  EXPECT_NE(first.hash, load("t.ibin").hash);
  EXPECT_TRUE(load("t.ibin", 10).truth.has_value());
  EXPECT_TRUE(load("t.ibin", 11).truth.has_value());
}

TEST_F(DatasetTruth, LoadVectorsLeavesAWrongTruthAlone) {
  put("t.ibin", bin_bytes<std::int32_t>(2, {5, 5, 5, 5}));
  const Dataset dataset =
      load_vectors({.path = path("x.fbin"), .queries = path("q.fbin"), .neighbors = path("t.ibin")},
                   distance::metric("euclidean"));
  EXPECT_FALSE(dataset.truth.has_value());
  EXPECT_EQ(dataset.train.rows, 10U);
}

TEST_F(DatasetTruth, HalfPrecisionDistancesAndTiesInAnyOrderAreBelieved) {
  {
    support::Hdf5Writer file(path("a.hdf5"));
    file.data("train", support::Hdf5Type::f32, {6, 1}, {0, 1, 2, 3, 3, 5});
    file.data("test", support::Hdf5Type::f32, {1, 1}, {3.3});
    file.data("neighbors", support::Hdf5Type::i32, {1, 3}, {4, 3, 2});
    file.data("distances", support::Hdf5Type::f16, {1, 3}, {0.3, 0.3, 1.3});
  }
  const Dataset dataset = load_dataset({.path = path("a.hdf5")}, distance::metric("euclidean"));
  EXPECT_EQ(dataset.truth->ids, (std::vector<std::uint32_t>{4, 3, 2}));
}

TEST_F(DatasetTruth, DistancesOfAnotherShapeAreRefused) {
  {
    support::Hdf5Writer file(path("a.hdf5"));
    file.data("train", support::Hdf5Type::f32, {2, 1}, {0, 1});
    file.data("test", support::Hdf5Type::f32, {1, 1}, {0});
    file.data("neighbors", support::Hdf5Type::i32, {1, 2}, {0, 1});
    file.data("distances", support::Hdf5Type::f32, {1, 1}, {0});
  }
  expect_error(Code::mismatch, {"differ in shape"},
               [&] { load_dataset({.path = path("a.hdf5")}, distance::metric("euclidean")); });
}

TEST_F(DatasetTruth, EveryMetricHasItsConventions) {
  struct Case {
    const char* metric;
    double (*convention)(double);
  };

  const Case cases[] = {
      {"euclidean", [](double d) { return d; }},
      {"euclidean", [](double d) { return d * d; }},
      {"cosine", [](double d) { return d; }},
      {"cosine", [](double d) { return 1 - d; }},
      {"inner_product", [](double d) { return d; }},
      {"inner_product", [](double d) { return -d; }},
      {"inner_product", [](double d) { return 1 + d; }},
      {"manhattan", [](double d) { return d; }},
      {"hamming", [](double d) { return d; }},
      {"hamming", [](double d) { return d / 24; }},
  };
  for (const Case& each : cases) {
    const distance::Metric& metric = distance::metric(each.metric);
    const Dataset made = load_dataset({.spec = "gaussian(200, 24, 20)"}, metric);
    const bool bits = metric.element == distance::Element::bit;
    const auto bytes = [&](const Matrix& matrix) {
      std::vector<float> floats(matrix.data.size() / 4);
      std::vector<std::uint8_t> packed(matrix.data.size());
      std::memcpy(bits ? static_cast<void*>(packed.data()) : floats.data(), matrix.data.data(),
                  matrix.data.size());
      return bits ? bin_bytes(matrix.row_bytes, packed) : bin_bytes(matrix.dimension, floats);
    };
    const std::string extension = bits ? ".u8bin" : ".fbin";
    const Truth truth = exact_search(made.train, made.test, metric, 10, 1);
    std::vector<float> distances;
    for (std::size_t q = 0; q < made.test.rows; ++q) {
      for (const std::uint32_t id : truth.of(q)) {
        distances.push_back(static_cast<float>(each.convention(
            distance::exact_distance(metric, made.test.row(q), made.train.row(id), 24))));
      }
    }
    const DatasetRequest request{
        .path = put("made" + extension, bytes(made.train)),
        .queries = put("asked" + extension, bytes(made.test)),
        .neighbors = put("t.ibin", bin_bytes(10, truth.ids) + support::raw(distances))};
    const Dataset loaded = load_dataset(request, metric);
    EXPECT_EQ(loaded.truth->ids, truth.ids) << each.metric;
    EXPECT_EQ(loaded.hash, made.hash) << each.metric;
    distances[57] = distances[57] * 1.01F + 0.01F;
    put("t.ibin", bin_bytes(10, truth.ids) + support::raw(distances));
    expect_error(Code::mismatch, {"query 5, place 7", each.metric},
                 [&] { load_dataset(request, metric); });
  }
}

}  // namespace
}  // namespace skerry::experiments
