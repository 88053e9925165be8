#include "experiments/catalogue.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

#include "experiments/download.h"
#include "experiments/formats/sources.h"
#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

/// With a folder of data sets of its own.
class Catalogue : public testing::Test {
 protected:
  Catalogue() { ::setenv("SKERRY_DATASETS", folder_.path().c_str(), 1); }

  ~Catalogue() override { ::unsetenv("SKERRY_DATASETS"); }

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

 private:
  support::TempDir folder_;
};

TEST_F(Catalogue, EveryEntryCanBeUnderstood) {
  std::set<std::string_view> names;
  for (const CatalogueEntry& entry : catalogue()) {
    SCOPED_TRACE(entry.name);
    EXPECT_TRUE(names.insert(entry.name).second);
    EXPECT_EQ(entry.name.find_first_of("./("), entry.name.npos);  // told from files and specs
    EXPECT_EQ(distance::metric(entry.metric).name, entry.metric);
    EXPECT_EQ(format_of("x." + std::string(entry.format)), entry.format);
    EXPECT_GT(entry.d, 0U);
    EXPECT_FALSE(entry.source.empty());
    EXPECT_FALSE(entry.train.url.empty() && entry.note.empty());
    for (const CatalogueFile& file : {entry.train, entry.test, entry.truth}) {
      if (file.url.empty() || !entry.archive.empty()) continue;
      EXPECT_NO_THROW(file_name_of_url(std::string(file.url)));
    }
    if (!entry.archive.empty()) {
      EXPECT_NO_THROW(file_name_of_url(std::string(entry.archive)));
    }
  }
}

TEST_F(Catalogue, LengthsThatAreStatedAreThoseOfTheShape) {
  const CatalogueEntry& entry = catalogue_entry("yfcc-10m");
  EXPECT_EQ(entry.train.bytes, 8U + 10'000'000ULL * 192);
  EXPECT_EQ(entry.test.bytes, 8U + 100'000ULL * 192);
  EXPECT_EQ(catalogue_entry("deep-10m").train.first_rows, 10'000'000U);
}

TEST_F(Catalogue, AnUnknownNameIsAnsweredWithTheNearest) {
  expect_error(Code::invalid_argument,
               {"`sift-128-euclidian`", "did you mean `sift-128-euclidean`"},
               [] { dataset_info({.name = "sift-128-euclidian"}); });
}

TEST_F(Catalogue, AMissingSetIsAnsweredWithTheCommandAndTheSize) {
  expect_error(Code::not_found,
               {"`skerry dataset get sift-128-euclidean`", "501 MB",
                path("sift-128-euclidean.hdf5").string()},
               [] { dataset_info({.name = "sift-128-euclidean"}); });
  expect_error(Code::not_found, {"`skerry dataset get gist-1m`", "size unknown"},
               [] { dataset_info({.name = "gist-1m"}); });
  expect_error(Code::not_found, {"parquet", "docs/datasets.md", path("").string()},
               [] { dataset_info({.name = "dbpedia-openai-1536"}); });
}

TEST_F(Catalogue, ANameStandsForItsFiles) {
  const std::vector<float> vectors{1, 2, 3, 4, 5, 6, 7, 8};
  std::filesystem::create_directory(path("sift-1m"));
  support::write_file(path("sift-1m/base.fvecs"), support::vecs_bytes(2, vectors));
  support::write_file(path("sift-1m/queries.fvecs"), support::vecs_bytes(2, vectors));
  expect_error(Code::not_found, {"sift-1m"}, [] { dataset_info({.name = "sift-1m"}); });
  support::write_file(path("sift-1m/truth.ivecs"),
                      support::vecs_bytes(1, std::vector<std::int32_t>{0, 1, 2, 3}));
  const Dataset data = load_dataset({.name = "sift-1m"}, distance::metric("euclidean"));
  EXPECT_EQ(data.train.rows, 4U);
  ASSERT_TRUE(data.truth.has_value());
  EXPECT_EQ(data.truth->depth, 1U);
  EXPECT_EQ(dataset_info({.name = "sift-1m", .limit = 3}).rows, 3U);
  const DatasetRequest drawn{.queries = "base(count=2)", .name = "sift-1m"};
  EXPECT_EQ(load_dataset(drawn, distance::metric("euclidean")).test.rows, 2U);
}

TEST_F(Catalogue, ASetWithoutQueriesAsksItsOwnVectors) {
  const std::string dictionary = support::npy_dictionary("<f4", 200, 2);
  support::write_file(path("hn-posts-512.npy"),
                      support::npy_bytes(dictionary, support::raw(std::vector<float>(400, 1))));
  EXPECT_EQ(dataset_info({.name = "hn-posts-512"}).queries, 100U);
}

TEST_F(Catalogue, TheSetsThatComeWithSkerryNeedNoFetching) {
  for (const char* name : {"sift-small-128-euclidean", "wordnet-verbs-384-angular"}) {
    const CatalogueEntry& entry = catalogue_entry(name);
    const DatasetInfo info = dataset_info(
        catalogue_files(entry, std::filesystem::path(SKERRY_SOURCE_DIR) / "experiments" / "data"));
    EXPECT_EQ(info.rows, entry.n);
    EXPECT_EQ(info.dimension, entry.d);
    EXPECT_EQ(info.queries, entry.queries);
    EXPECT_EQ(info.declared_metric, entry.metric);
  }
}

TEST_F(Catalogue, OneVariableAfterTheOtherSaysWhereSetsAre) {
  ::setenv("XDG_DATA_HOME", "/data", 1);
  EXPECT_EQ(datasets_directory(), path("").parent_path());
  ::unsetenv("SKERRY_DATASETS");
  EXPECT_EQ(datasets_directory(), "/data/skerry/datasets");
  ::unsetenv("XDG_DATA_HOME");
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  ::setenv("HOME", "/home/me", 1);
  EXPECT_EQ(datasets_directory(), "/home/me/.local/share/skerry/datasets");
  ::unsetenv("HOME");
  expect_error(Code::invalid_argument, {"HOME"}, [] { datasets_directory(); });
  if (!home.empty()) ::setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace skerry::experiments
