// What each law of synthetic data promises.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "experiments/exact_search.h"
#include "experiments/synthetic.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

Dataset load(const std::string& spec, const char* metric = "euclidean") {
  return load_dataset({.spec = spec}, distance::metric(metric));
}

std::vector<float> row(const Matrix& matrix, std::size_t i) {
  std::vector<float> values(matrix.dimension);
  std::memcpy(values.data(), matrix.row(i).data(), matrix.row_bytes);
  return values;
}

double norm(const std::vector<float>& x) {
  double sum = 0;
  for (const float v : x) sum += static_cast<double>(v) * v;
  return std::sqrt(sum);
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    sum += (static_cast<double>(a[j]) - b[j]) * (static_cast<double>(a[j]) - b[j]);
  }
  return std::sqrt(sum);
}

TEST(SyntheticLaws, TheNumbersAreTheSameOnEveryMachine) {
  // Hashes over all bits. They may change only together with the documented definition.
  EXPECT_EQ(load("hierarchy(5, 10, 20, d=17, queries=10)").hash,
            "c555a61cb1dba3426a1120e4541e694b");
  EXPECT_EQ(load("low_rank(1000, 17, rank=3, queries=10)").hash,
            "f631bddf1990f1443772607fb9f66edd");
  EXPECT_EQ(load("copies(1000, 17, queries=10)").hash, "5d35283b3bff23e26f5c609a7a9d4548");
  EXPECT_EQ(load("heavy_norms(1000, 17, queries=10)").hash, "cea9f8422aac54dae7d41f35aaa9a19e");
  EXPECT_EQ(load("shifted(1000, 17, queries=10)").hash, "99ae8c3cf951fc4eda2728b03cdcae21");
  EXPECT_EQ(load("indyk_xu(1000, queries=10)").hash, "e50774bc1a92c8eb5e5fae5dd0bd0351");
}

TEST(SyntheticLaws, EveryExampleIsASpecOfItsLaw) {
  std::set<std::string_view> names;
  for (const SyntheticKind* kind : synthetic_kinds()) {
    EXPECT_TRUE(names.insert(kind->name).second) << kind->name;
    EXPECT_EQ(kind->example.substr(0, kind->example.find('(')), kind->name);
    EXPECT_GE(synthetic_info(std::string(kind->example)).rows, 10000U) << kind->name;
    for (const Parameter& parameter : kind->parameters) {
      EXPECT_FALSE(parameter.description.empty()) << kind->name << ' ' << parameter.name;
    }
  }
}

TEST(SyntheticLaws, AQueryNeverEqualsAVectorWhereTheLawLeavesRoom) {
  // 200 queries among 60,000 of the 2^24 values hit one in most seeds.
  for (const char* spec : {"uniform(60000, 1, queries=200)", "uniform(40000, 16, queries=200)"}) {
    const bool bits = std::string_view(spec).find("16") != std::string_view::npos;
    const Dataset data = load(spec, bits ? "hamming" : "euclidean");
    std::set<std::string> vectors;
    for (std::size_t i = 0; i < data.train.rows; ++i) {
      vectors.insert(std::string(as_text(data.train.row(i))));
    }
    std::size_t equal = 0;
    for (std::size_t i = 0; i < data.test.rows; ++i) {
      equal += vectors.contains(std::string(as_text(data.test.row(i)))) ? 1 : 0;
    }
    EXPECT_EQ(equal, 0U) << spec;
  }
}

TEST(SyntheticLaws, AHierarchyNestsChunksInDocumentsInTopics) {
  const Dataset data = load("hierarchy(4, 5, 6, d=200, queries=30)");
  ASSERT_EQ(data.train.rows, 120U);
  const auto mean = [&](std::size_t step, std::size_t modulus) {
    double sum = 0;
    std::size_t pairs = 0;
    for (std::size_t i = 0; i + step < 120; ++i) {
      if (i % modulus + step >= modulus) continue;
      sum += distance(row(data.train, i), row(data.train, i + step));
      ++pairs;
    }
    return sum / static_cast<double>(pairs);
  };
  // The differences of two chunks, documents, topics have deviation sqrt(2) x the spreads.
  EXPECT_NEAR(mean(1, 6), 0.15 * std::sqrt(400), 0.1);
  EXPECT_NEAR(mean(6, 30), std::hypot(0.15, 0.4) * std::sqrt(400), 0.3);
  EXPECT_NEAR(mean(30, 120), std::hypot(0.15, 0.4, 1.0) * std::sqrt(400), 1);
  // A query belongs to a document: its nearest six are that document's chunks.
  const Truth truth{6,
                    exact_search(data.train, data.test, distance::metric("euclidean"), 6, 1).ids};
  for (std::size_t query = 0; query < 30; ++query) {
    std::set<std::uint32_t> documents;
    for (const std::uint32_t id : truth.of(query)) documents.insert(id / 6);
    EXPECT_EQ(documents.size(), 1U) << query;
  }
}

TEST(SyntheticLaws, FewerTopicsAreTheBeginningOfMore) {
  const Dataset large = load("hierarchy(6, 5, 4, d=8, queries=2)");
  const Dataset small = load("hierarchy(3, 5, 4, d=8, queries=2)");
  EXPECT_TRUE(
      std::equal(small.train.data.begin(), small.train.data.end(), large.train.data.begin()));
}

/// Dimensions that vectors span beyond `tolerance`, by Gram-Schmidt.
std::size_t rank(const Matrix& matrix, double tolerance) {
  std::vector<std::vector<double>> basis;
  for (std::size_t i = 0; i < matrix.rows; ++i) {
    const std::vector<float> values = row(matrix, i);
    std::vector<double> rest(values.begin(), values.end());
    for (const std::vector<double>& direction : basis) {
      double along = 0;
      for (std::size_t j = 0; j < rest.size(); ++j) along += rest[j] * direction[j];
      for (std::size_t j = 0; j < rest.size(); ++j) rest[j] -= along * direction[j];
    }
    double squares = 0;
    for (const double x : rest) squares += x * x;
    if (std::sqrt(squares) < tolerance) continue;
    for (double& x : rest) x /= std::sqrt(squares);
    basis.push_back(std::move(rest));
  }
  return basis.size();
}

TEST(SyntheticLaws, LowRankHasTheRankAsked) {
  EXPECT_EQ(rank(load("low_rank(200, 40, rank=7, noise=0, queries=1)").train, 1e-3), 7U);
  EXPECT_EQ(rank(load("low_rank(200, 40, rank=7, noise=0.1, queries=1)").train, 1e-3), 40U);
  double squares = 0;
  const Dataset data = load("low_rank(500, 400, rank=50, queries=1)");
  for (std::size_t i = 0; i < 500; ++i) squares += std::pow(norm(row(data.train, i)), 2);
  EXPECT_NEAR(squares / (500 * 400), 1, 0.05);
}

TEST(SyntheticLaws, CopiesAreAsManyAndAsLargeAsAsked) {
  const auto sizes = [](const std::string& spec) {
    const Dataset data = load(spec);
    std::map<std::vector<float>, std::size_t> counts;
    for (std::size_t i = 0; i < data.train.rows; ++i) ++counts[row(data.train, i)];
    std::map<std::size_t, std::size_t> groups;
    for (const auto& [point, count] : counts) ++groups[count];
    return groups;
  };
  using Sizes = std::map<std::size_t, std::size_t>;
  EXPECT_EQ(sizes("copies(1000, 4, share=0.25, k=10, queries=1)"), (Sizes{{1, 750}, {10, 25}}));
  EXPECT_EQ(sizes("copies(1000, 4, share=0.5, k=300, queries=1)"), (Sizes{{1, 700}, {300, 1}}));
  EXPECT_EQ(sizes("copies(100, 4, share=1, k=100, queries=1)"), (Sizes{{100, 1}}));
  EXPECT_EQ(sizes("copies(100, 4, share=0.3, k=1, queries=1)"), (Sizes{{1, 100}}));
  EXPECT_EQ(sizes("copies(100, 4, share=0, queries=1)"), (Sizes{{1, 100}}));
}

TEST(SyntheticLaws, NormsFallWithTheTailAsked) {
  // P(norm > x) falls as x^-tail: far out, ten times the norm is 10^tail times rarer.
  const Dataset data = load("heavy_norms(200000, 4, tail=1, queries=1)");
  std::vector<double> norms;
  for (std::size_t i = 0; i < data.train.rows; ++i) norms.push_back(norm(row(data.train, i)));
  std::sort(norms.begin(), norms.end(), std::greater<>());
  EXPECT_NEAR(norms[200] / norms[2000], 10, 1.5);
  const Dataset light = load("heavy_norms(20000, 4, tail=1000, queries=1)");
  double most = 0;
  for (std::size_t i = 0; i < light.train.rows; ++i)
    most = std::max(most, norm(row(light.train, i)));
  EXPECT_LT(most, 8);
}

TEST(SyntheticLaws, ShiftedQueriesLieWhereVectorsDoNot) {
  const auto share_wide = [](const Matrix& matrix) {  // of the square norm, in the first half
    double first = 0;
    double all = 0;
    for (std::size_t i = 0; i < matrix.rows; ++i) {
      const std::vector<float> x = row(matrix, i);
      for (std::size_t j = 0; j < x.size(); ++j) {
        all += static_cast<double>(x[j]) * x[j];
        if (j < x.size() / 2) first += static_cast<double>(x[j]) * x[j];
      }
    }
    return first / all;
  };
  const Dataset same = load("shifted(4000, 40, shift=0, rotate=0, queries=4000)");
  EXPECT_NEAR(share_wide(same.train), share_wide(same.test), 0.01);
  const Dataset turned = load("shifted(4000, 40, shift=0, rotate=1, queries=4000)");
  EXPECT_EQ(turned.train.data, same.train.data);
  EXPECT_NEAR(share_wide(turned.train), 1 - share_wide(turned.test), 0.01);
  const Dataset moved = load("shifted(4000, 40, shift=3, rotate=0, queries=4000)");
  std::vector<double> mean(40);
  double squares = 0;
  for (std::size_t i = 0; i < 4000; ++i) {
    const std::vector<float> x = row(moved.test, i);
    for (std::size_t j = 0; j < 40; ++j) mean[j] += x[j] / 4000;
    squares += std::pow(norm(row(moved.train, i)), 2) / 4000;
  }
  double length = 0;
  for (const double x : mean) length += x * x;
  EXPECT_NEAR(std::sqrt(length), 3 * std::sqrt(squares), 0.1);
}

TEST(SyntheticLaws, TheHardPlaneHasTheOrderOfDistancesThatMakesItHard) {
  const Dataset data = load("indyk_xu(2000, d=8, queries=50)");
  const std::size_t connectors = 99;  // 0.05 x (2000 - 5)
  double farthest_connector = 0;      // from an answer
  double nearest_distractor = 1e9;
  for (std::size_t answer = 0; answer < 5; ++answer) {
    for (std::size_t i = 5; i < 2000; ++i) {
      const double d = distance(row(data.train, answer), row(data.train, i));
      if (i < 5 + connectors) farthest_connector = std::max(farthest_connector, d);
      if (i >= 5 + connectors) nearest_distractor = std::min(nearest_distractor, d);
    }
  }
  EXPECT_LT(farthest_connector + 0.2, nearest_distractor);
  const Truth found = exact_search(data.train, data.test, distance::metric("euclidean"), 2000, 1);
  for (std::size_t query = 0; query < 50; ++query) {
    for (std::size_t rank = 0; rank < 2000; ++rank) {
      const std::uint32_t id = found.ids[query * 2000 + rank];
      const bool answer = id < 5;
      const bool connector = id >= 5 && id < 5 + connectors;
      EXPECT_EQ(answer, rank < 5);
      EXPECT_EQ(connector, rank >= 2000 - connectors);
    }
  }
  for (std::size_t j = 2; j < 8; ++j) EXPECT_EQ(row(data.train, 1000)[j], 0);
}

TEST(SyntheticLaws, ParametersWithoutMeaningAreRefused) {
  const auto refused = [](const char* spec, std::initializer_list<std::string_view> words) {
    SCOPED_TRACE(spec);
    expect_error(Code::invalid_argument, words, [&] { synthetic_info(spec); });
  };
  refused("hierarchy(0)", {"`topics`"});
  refused("hierarchy(100000, 100000)", {"topics", "documents", "chunks"});
  refused("low_rank(10, 5, rank=6)", {"rank", "6", "1..5"});
  refused("low_rank(10, 16000000, rank=100)", {"rank", "1..4"});
  refused("copies(100, 3, share=0.01, k=10)", {"share", "k = 10"});
  refused("copies(100, 3, share=1.5)", {"`share`"});
  refused("heavy_norms(10, 3, tail=0)", {"`tail`"});
  refused("shifted(10, 3, rotate=2)", {"`rotate`"});
  refused("indyk_xu(6)", {"`n`", "6"});
  refused("indyk_xu(100, d=1)", {"`d`", "1"});
  refused("indyk_xu", {"needs `n`", "indyk_xu(n=100000)"});
}

}  // namespace
}  // namespace skerry::experiments
