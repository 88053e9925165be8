// fvecs, ivecs, bvecs, fbin, u8bin, i8bin, ibin: what they hold, and every way to be wrong.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "experiments/dataset.h"
#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::bin_bytes;
using support::expect_error;
using support::raw_value;
using support::vecs_bytes;

class FlatFiles : public testing::Test {
 protected:
  std::string put(const std::string& name, const std::string& bytes) {
    const std::filesystem::path path = folder_.path() / name;
    support::write_file(path, bytes);
    return path.string();
  }

  /// Loads vectors and queries of the same file.
  Dataset load(const std::string& path, const char* metric = "euclidean") {
    return load_dataset({.path = path, .queries = path}, distance::metric(metric));
  }

  static std::vector<float> floats(const Matrix& matrix) {
    std::vector<float> values(matrix.rows * matrix.dimension);
    std::memcpy(values.data(), matrix.data.data(), matrix.data.size());
    return values;
  }

  void refused(Code code, const std::string& name, const std::string& bytes,
               std::initializer_list<std::string_view> words) {
    const std::string path = put(name, bytes);
    SCOPED_TRACE(path);
    expect_error(code, words, [&] { load(path); });
    expect_error(code, {path}, [&] { load(path); });
    expect_error(code, {}, [&] { dataset_info({.path = path}); });
  }

 private:
  support::TempDir folder_;
};

TEST_F(FlatFiles, FvecsAndFbinHoldTheSameFloats) {
  const std::vector<float> values{1, 2, 3, -4, 0.5F, 6};
  const Dataset vecs = load(put("a.fvecs", vecs_bytes(3, values)));
  EXPECT_EQ(vecs.train.rows, 2U);
  EXPECT_EQ(vecs.train.dimension, 3U);
  EXPECT_EQ(vecs.train.row_bytes, 12U);
  EXPECT_EQ(floats(vecs.train), values);
  const Dataset bin = load(put("a.fbin", bin_bytes(3, values)));
  EXPECT_EQ(bin.train.data, vecs.train.data);
  EXPECT_EQ(bin.hash, vecs.hash);
  EXPECT_EQ(bin.name, "a.fbin");
  EXPECT_FALSE(bin.truth.has_value());
}

TEST_F(FlatFiles, IntegersBecomeFloatsForFloatMetrics) {
  const std::vector<std::uint8_t> bytes{0, 255, 128, 7};
  const std::vector<float> as_floats{0, 255, 128, 7};
  EXPECT_EQ(floats(load(put("a.bvecs", vecs_bytes(2, bytes))).train), as_floats);
  EXPECT_EQ(floats(load(put("a.u8bin", bin_bytes(2, bytes))).train), as_floats);
  EXPECT_EQ(floats(load(put("a.i8bin", bin_bytes<std::int8_t>(2, {-128, 127, 0, 1}))).train),
            (std::vector<float>{-128, 127, 0, 1}));
  EXPECT_EQ(floats(load(put("a.ivecs", vecs_bytes<std::int32_t>(2, {-5, 70000}))).train),
            (std::vector<float>{-5, 70000}));
}

TEST_F(FlatFiles, BytesAreEightComponentsEachUnderHamming) {
  const std::vector<std::uint8_t> bytes{0xf0, 0x01, 0xff, 0x80};
  for (const std::string& path :
       {put("a.bvecs", vecs_bytes(2, bytes)), put("a.u8bin", bin_bytes(2, bytes))}) {
    const Dataset dataset = load(path, "hamming");
    EXPECT_EQ(dataset.train.dimension, 16U);
    EXPECT_EQ(dataset.train.row_bytes, 2U);
    EXPECT_EQ(dataset.train.row(1)[0], std::byte{0xff});
    EXPECT_EQ(dataset.train.row(1)[1], std::byte{0x80});
  }
}

TEST_F(FlatFiles, FloatsOfZeroAndOneArePackedUnderHamming) {
  const Dataset dataset =
      load(put("a.fbin", bin_bytes<float>(9, {1, 0, 1, 0, 0, 0, 0, 0, 1})), "hamming");
  EXPECT_EQ(dataset.train.dimension, 9U);
  EXPECT_EQ(dataset.train.data, (std::vector<std::byte>{std::byte{5}, std::byte{1}}));
  const std::string other = put("b.fbin", bin_bytes<float>(2, {0, 1, 2, 0}));
  expect_error(Code::corrupt, {"row 1, component 0 is 2", "0 or 1", other},
               [&] { load(other, "hamming"); });
}

TEST_F(FlatFiles, ManyRowsAreReadInBandsWithoutLosingAny) {
  // More than one band of the row-by-row reader and of the converter.
  constexpr std::size_t rows = 70'000;
  constexpr std::size_t columns = 20;
  std::vector<float> values(rows * columns);
  std::vector<std::uint8_t> bytes(4 * rows * columns);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 65'521);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  const std::string query = put("q.fbin", bin_bytes(columns, std::vector<float>(columns)));
  const distance::Metric& euclidean = distance::metric("euclidean");
  const Dataset vecs = load_dataset(
      {.path = put("a.fvecs", vecs_bytes(columns, values)), .queries = query}, euclidean);
  EXPECT_EQ(floats(vecs.train), values);
  const Dataset bin = load_dataset(
      {.path = put("a.u8bin", bin_bytes(columns, bytes)), .queries = query}, euclidean);
  EXPECT_EQ(floats(bin.train), std::vector<float>(bytes.begin(), bytes.end()));
}

TEST_F(FlatFiles, EmptyDataSetsAreRefused) {
  refused(Code::invalid_argument, "a.fvecs", "", {"no rows"});
  refused(Code::invalid_argument, "a.fbin", bin_bytes<float>(4, {}), {"no rows"});
  refused(Code::invalid_argument, "a.fbin",
          raw_value(std::uint32_t{3}) + raw_value(std::uint32_t{0}), {"no components"});
}

TEST_F(FlatFiles, TornFilesAreRefused) {
  const std::string vecs = vecs_bytes<float>(3, {1, 2, 3, 4, 5, 6});
  const std::string bin = bin_bytes<float>(3, {1, 2, 3, 4, 5, 6});
  for (const std::size_t length : {1, 3, 4, 5, 15, 17, 20, 31}) {
    refused(Code::corrupt, "a.fvecs", vecs.substr(0, length), {});
  }
  for (std::size_t length = 0; length < bin.size(); ++length) {
    refused(Code::corrupt, "a.fbin", bin.substr(0, length), {});
  }
  refused(Code::corrupt, "a.fvecs", vecs + "x", {"multiple of 16 bytes", "33 bytes"});
  refused(Code::corrupt, "a.fbin", bin + "x", {"32 bytes for 2 rows of 3 f32", "33 bytes"});
}

TEST_F(FlatFiles, AbsurdHeadersAreRefusedBeforeAnythingIsAllocated) {
  const auto header = [](std::uint32_t n, std::uint32_t d) {
    return raw_value(n) + raw_value(d) + std::string(64, '\0');
  };
  refused(Code::corrupt, "a.fbin", header(UINT32_MAX, 4), {"4294967295 rows"});
  refused(Code::corrupt, "a.fbin", header(4, UINT32_MAX), {"4294967295 columns"});
  refused(Code::corrupt, "a.fbin", header(1U << 31, 1U << 24), {"72 bytes"});
  refused(Code::corrupt, "a.u8bin", header(1U << 31, 1U << 20), {"72 bytes"});
  refused(Code::corrupt, "a.ibin", header(1U << 30, 1U << 4), {"72 bytes"});
  for (const std::int32_t columns : {0, -1, INT32_MIN, INT32_MAX}) {
    refused(Code::corrupt, "a.fvecs", raw_value(columns) + std::string(64, '\0'),
            {"1..16777216", std::to_string(columns)});
  }
}

TEST_F(FlatFiles, RowsOfAnotherLengthAreRefused) {
  std::string bytes = vecs_bytes<float>(3, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  bytes[2 * 16] = 2;
  const std::string path = put("a.fvecs", bytes);
  expect_error(Code::corrupt, {"row 2", "2 components", "row 0 has 3", path}, [&] { load(path); });
}

TEST_F(FlatFiles, NumbersThatAreNotFiniteAreRefusedWithRowAndComponent) {
  for (const float bad : {NAN, INFINITY, -INFINITY}) {
    const std::string path = put("a.fvecs", vecs_bytes<float>(2, {1, 2, 3, 4, 5, bad}));
    expect_error(Code::corrupt, {"row 2, component 1", "finite", path}, [&] { load(path); });
  }
}

TEST_F(FlatFiles, MissingFilesFoldersAndUnknownExtensionsAreRefused) {
  const std::string path = put("a.fbin", bin_bytes<float>(1, {1}));
  expect_error(Code::not_found, {"/nowhere/a.fbin"}, [&] { load("/nowhere/a.fbin"); });
  expect_error(Code::not_found, {"b.fbin"}, [&] {
    load_dataset({.path = path, .queries = "b.fbin"}, distance::metric("euclidean"));
  });
  const std::filesystem::path folder = std::filesystem::path(path).parent_path() / "folder.fbin";
  std::filesystem::create_directory(folder);
  expect_error(Code::invalid_argument, {"regular file"}, [&] { load(folder.string()); });
  expect_error(Code::invalid_argument, {"`fbim`", "did you mean `fbin`", "npy"},
               [&] { load(put("a.fbim", "x")); });
  expect_error(Code::invalid_argument, {"extension", "fbin"}, [&] { load(put("a", "x")); });
}

TEST_F(FlatFiles, AFileOfAnotherFormatThanItsNameSaysIsCalledByItsRightOne) {
  const std::string npy = support::npy_bytes<float>("<f4", 1, {1, 2});
  refused(Code::invalid_argument, "a.fvecs", npy, {"expected: fvecs", "found: npy"});
  refused(Code::invalid_argument, "a.fbin", std::string("\x89HDF\r\n\x1a\n") + "more",
          {"expected: fbin", "found: hdf5"});
}

TEST_F(FlatFiles, QueriesOfAnotherDimensionAreRefused) {
  const std::string queries = put("q.fbin", bin_bytes<float>(4, {1, 2, 3, 4}));
  expect_error(Code::mismatch, {"4 components", "have 3", queries}, [&] {
    load_dataset({.path = put("a.fbin", bin_bytes<float>(3, {1, 2, 3})), .queries = queries},
                 distance::metric("euclidean"));
  });
}

TEST_F(FlatFiles, AFileOfOneMatrixNeedsQueries) {
  const std::string path = put("a.fbin", bin_bytes<float>(3, {1, 2, 3}));
  expect_error(Code::invalid_argument, {"`queries`", path},
               [&] { load_dataset({.path = path}, distance::metric("euclidean")); });
}

TEST_F(FlatFiles, InfoKnowsShapesWithoutReadingVectors) {
  const std::string path = put("a.fbin", bin_bytes<float>(3, {1, 2, 3, NAN, 5, 6}));
  const std::string truth = put("t.ibin", bin_bytes<std::int32_t>(1, {0, 1}));
  const DatasetInfo info = dataset_info({.path = path, .queries = path, .neighbors = truth});
  EXPECT_EQ(info.format, "fbin");
  EXPECT_EQ(info.declared_metric, "");
  EXPECT_EQ(info.rows, 2U);
  EXPECT_EQ(info.dimension, 3U);
  EXPECT_EQ(info.queries, 2U);
  EXPECT_EQ(info.truth_depth, 1U);
  const DatasetInfo first =
      dataset_info({.path = path, .queries = path, .neighbors = truth, .limit = 1});
  EXPECT_EQ(first.rows, 1U);
  EXPECT_EQ(first.truth_depth, 0U);
}

}  // namespace
}  // namespace skerry::experiments
