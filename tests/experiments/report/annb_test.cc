#include "experiments/report/annb.h"

#include <gtest/gtest.h>
#include <hdf5.h>

#include <array>
#include <cmath>

#include "experiments/formats/npy.h"
#include "experiments/query_rows.h"
#include "experiments/report/neighbours.h"
#include "tests/experiments/report/results_folder.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

class AnnbTest : public testing::Test {
 protected:
  /// Two queries, k = 2; the second query found one neighbour only.
  void add_point(nlohmann::ordered_json record) {
    folder_.add(record);
    const std::string point = record.at("point");
    write_array<std::uint32_t>(point + ".ids.npy", Scalar::u32, {7, 3, 5, no_neighbour});
    write_array<float>(point + ".distances.npy", Scalar::f32, {0.25F, 0.5F, 2, 0});
    QueryRow row;
    row.latency_ns = {3000, 1000, 2000};
    write_query_rows(query_rows_file(folder_.path(), point), {row, row});
  }

  template <class T>
  void write_array(const std::string& name, Scalar scalar, const std::vector<T>& values) {
    const std::filesystem::path place = std::filesystem::path(folder_.path()) / "neighbours";
    std::filesystem::create_directories(place);
    const Framing framing = npy_framing(scalar, values.size() / 2, 2);
    std::ofstream file(place / name, std::ios::binary);
    file << as_text(framing.header);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(T)));
  }

  std::size_t write() {
    return write_annb(read_results(std::vector<std::string>{folder_.path()}, ""), out_.path());
  }

  ResultsFolder folder_;
  support::TempDir out_;
};

/// What plot.py looks at, through libhdf5.
class AnnbFile {
 public:
  explicit AnnbFile(const std::filesystem::path& path)
      : file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)) {}

  ~AnnbFile() { H5Fclose(file_); }

  AnnbFile(const AnnbFile&) = delete;
  AnnbFile& operator=(const AnnbFile&) = delete;

  double number(const char* name) const {
    double value = NAN;
    const hid_t attribute = H5Aopen(file_, name, H5P_DEFAULT);
    H5Aread(attribute, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(attribute);
    return value;
  }

  bool flag(const char* name) const {
    std::int8_t value = -1;
    const hid_t attribute = H5Aopen(file_, name, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    H5Aread(attribute, type, &value);
    H5Tclose(type);
    H5Aclose(attribute);
    return value == 1;
  }

  std::string text(const char* name) const {
    const hid_t attribute = H5Aopen(file_, name, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    char* value = nullptr;
    H5Aread(attribute, type, &value);
    std::string copy = value == nullptr ? "" : value;
    H5free_memory(value);
    H5Tclose(type);
    H5Aclose(attribute);
    return copy;
  }

  std::vector<double> data(const char* name) const {
    const hid_t set = H5Dopen2(file_, name, H5P_DEFAULT);
    const hid_t space = H5Dget_space(set);
    std::vector<double> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Sclose(space);
    H5Dclose(set);
    return values;
  }

 private:
  hid_t file_;
};

TEST_F(AnnbTest, AFileHasTheAttributesAndArraysOfAnnBenchmarksInItsPlace) {
  add_point(make_record("lmdb", "u32", "memo", 32));
  ASSERT_EQ(write(), 1U);
  const AnnbFile file(out_.path() / "results/mini-8-angular/2/skerry-lmdb-memo" /
                      "M=16_ef_construction=100_ef=32_lmdb-u32-memo-32.hdf5");
  EXPECT_FALSE(file.flag("batch_mode"));
  EXPECT_FALSE(file.flag("expect_extra"));
  EXPECT_DOUBLE_EQ(file.number("best_search_time"), 1 / (1.1e6 / 32));
  EXPECT_EQ(file.number("candidates"), 1.5);
  EXPECT_EQ(file.number("count"), 2);
  EXPECT_EQ(file.number("run_count"), 3);
  EXPECT_EQ(file.number("build_time"), 1.5);
  EXPECT_EQ(file.number("index_size"), 500000 / 1024.0);
  EXPECT_EQ(file.number("dist_comps"), 320.0 * 2 * 3);
  EXPECT_EQ(file.text("distance"), "angular");
  EXPECT_EQ(file.text("dataset"), "mini-8-angular");
  EXPECT_EQ(file.text("algo"), "skerry-lmdb-memo");
  EXPECT_EQ(file.text("name"), "skerry-lmdb-memo(M=16,ef_construction=100,ef=32)");
  EXPECT_EQ(file.data("neighbors"), (std::vector<double>{7, 3, 5, -1}));
  EXPECT_EQ(file.data("distances"), (std::vector<double>{0.25, 0.5, 2, INFINITY}));
  ASSERT_EQ(file.data("times").size(), 2U);
  EXPECT_FLOAT_EQ(static_cast<float>(file.data("times")[0]), 2e-6F);
}

TEST_F(AnnbTest, HammingDistancesBecomeShares) {
  nlohmann::ordered_json record = make_record("lmdb", "u32", "memo", 32);
  record["config"]["metric"] = "hamming";
  add_point(record);
  write();
  const AnnbFile file(out_.path() / "results/mini-8-angular/2/skerry-lmdb-memo" /
                      "M=16_ef_construction=100_ef=32_lmdb-u32-memo-32.hdf5");
  EXPECT_EQ(file.data("distances")[2], 2.0 / 8);
}

TEST_F(AnnbTest, SeveralThreadsAreABatch) {
  nlohmann::ordered_json record = make_record("lmdb", "u32", "memo", 32);
  record["config"]["threads"] = 4;
  add_point(record);
  write();
  EXPECT_TRUE(
      std::filesystem::exists(out_.path() / "results/mini-8-angular/2/skerry-lmdb-memo-batch"));
}

TEST_F(AnnbTest, NamesThatAreEqualButForSignsDoNotCollide) {
  nlohmann::ordered_json record = make_record("lmdb", "u32", "memo", 32);
  record["config"]["selection"] = "robust_prune(1.5)";
  add_point(record);
  record["config"]["selection"] = "robust_prune[1,5]";
  record["point"] = "another";
  add_point(record);
  EXPECT_EQ(write(), 2U);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out_.path())) {
    files += entry.is_regular_file() ? 1 : 0;
  }
  EXPECT_EQ(files, 2U);
}

TEST_F(AnnbTest, HostileNamesStayInsideTheFolder) {
  nlohmann::ordered_json record = make_record("../../x", "u32", "memo", 32);
  record["dataset"]["name"] = "../..";
  record["point"] = "p";
  add_point(record);
  write();
  for (const auto& entry : std::filesystem::directory_iterator(out_.path())) {
    EXPECT_EQ(entry.path().filename(), "results");
  }
}

TEST_F(AnnbTest, WhatIsMissingIsNamedWithWhatWritesItAndNothingIsWritten) {
  add_point(make_record("lmdb", "u32", "memo", 32));
  folder_.add(make_record("lmdb", "u32", "memo", 64));
  expect_error(Code::not_found, {"--save-neighbours", "lmdb-u32-memo-64.ids.npy"},
               [&] { write(); });
  EXPECT_TRUE(std::filesystem::is_empty(out_.path()));
}

TEST_F(AnnbTest, ArraysThatDoNotFitAreRefused) {
  const nlohmann::ordered_json record = make_record("lmdb", "u32", "memo", 32);
  add_point(record);
  write_array<float>("lmdb-u32-memo-32.distances.npy", Scalar::f32, {1, 2});
  expect_error(Code::corrupt, {"differ in shape", "2 x 2", "1 x 2"}, [&] { write(); });
  write_array<float>("lmdb-u32-memo-32.ids.npy", Scalar::f32, {1, 2, 3, 4});
  expect_error(Code::corrupt, {"another type", "<u4"}, [&] { write(); });
}

TEST_F(AnnbTest, AMetricThatAnnBenchmarksLacksIsRefused) {
  nlohmann::ordered_json record = make_record("lmdb", "u32", "memo", 32);
  record["config"]["metric"] = "manhattan";
  add_point(record);
  expect_error(Code::unsupported, {"manhattan", "euclidean"}, [&] { write(); });
}

}  // namespace
}  // namespace skerry::experiments
