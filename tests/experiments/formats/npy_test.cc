#include "experiments/formats/npy.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;
using support::npy_bytes;
using support::npy_dictionary;

class Npy : public testing::Test {
 protected:
  std::string put(const std::string& bytes) {
    const std::filesystem::path path = folder_.path() / "a.npy";
    support::write_file(path, bytes);
    return path.string();
  }

  FlatLayout layout(const std::string& bytes) { return npy_layout(InputFile(put(bytes))); }

  Dataset load(const std::string& bytes, const char* metric) {
    const std::string path = put(bytes);
    return load_dataset({.path = path, .queries = path}, distance::metric(metric));
  }

  static std::vector<float> floats(const Matrix& matrix) {
    std::vector<float> values(matrix.rows * matrix.dimension);
    std::memcpy(values.data(), matrix.data.data(), matrix.data.size());
    return values;
  }

 private:
  support::TempDir folder_;
};

TEST_F(Npy, EveryTypeThatIsPromisedBecomesFloats) {
  const std::vector<float> expected{0, 1, 2, 3};
  const auto check = [&](const char* descr, auto zero) {
    using T = decltype(zero);
    EXPECT_EQ(floats(load(npy_bytes<T>(descr, 2, {0, 1, 2, 3}), "euclidean").train), expected)
        << descr;
  };
  check("|u1", std::uint8_t{});
  check("|i1", std::int8_t{});
  check("<u2", std::uint16_t{});
  check("<i2", std::int16_t{});
  check("<u4", std::uint32_t{});
  check("<i4", std::int32_t{});
  check("<u8", std::uint64_t{});
  check("<i8", std::int64_t{});
  check("<f4", float{});
  check("<f8", double{});
  EXPECT_EQ(
      floats(
          load(npy_bytes<std::uint16_t>("<f2", 2, {0, 0x3c00, 0x4000, 0x4200}), "euclidean").train),
      expected);
  EXPECT_EQ(floats(load(npy_bytes<std::uint8_t>("|b1", 2, {0, 1, 1, 0}), "euclidean").train),
            (std::vector<float>{0, 1, 1, 0}));
}

TEST_F(Npy, BooleansArePackedUnderHamming) {
  const Dataset dataset =
      load(npy_bytes<std::uint8_t>("|b1", 9, {1, 1, 0, 0, 0, 0, 0, 1, 1}), "hamming");
  EXPECT_EQ(dataset.train.dimension, 9U);
  EXPECT_EQ(dataset.train.data, (std::vector<std::byte>{std::byte{0x83}, std::byte{1}}));
}

TEST_F(Npy, AllThreeVersionsAreRead) {
  for (const char version : {1, 2, 3}) {
    const FlatLayout found =
        layout(npy_bytes(npy_dictionary("<f4", 2, 3), std::string(24, '\0'), version));
    EXPECT_EQ(found.rows, 2U);
    EXPECT_EQ(found.columns, 3U);
  }
  expect_error(Code::version, {"npy version 4"},
               [&] { layout(npy_bytes(npy_dictionary("<f4", 1, 1), "1234", 4)); });
}

TEST_F(Npy, TheDictionaryMayBeSpeltInAnyOrderAndQuotes) {
  for (const char* text :
       {"{'shape':(1,1),'descr':'<f4','fortran_order':False}",
        "{ \"descr\" : \"<f4\" , \"shape\" : ( 1 , 1 , ) , \"fortran_order\" : False , }   ",
        "{'fortran_order': False,\n'descr': '<f4', 'shape': (1, 1)}\n\n"}) {
    EXPECT_EQ(layout(npy_bytes(text, "1234")).columns, 1U) << text;
  }
}

TEST_F(Npy, ArraysOfAnotherKindAreRefusedWithWhatWouldDo) {
  const auto refused = [&](const char* text, std::initializer_list<std::string_view> words) {
    expect_error(Code::unsupported, words, [&] { layout(npy_bytes(text, "12345678")); });
  };
  refused("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 1)}", {"`>f4`", "little-endian"});
  refused("{'descr': '<c8', 'fortran_order': False, 'shape': (1, 1)}", {"`<c8`"});
  refused("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1)}", {"`|O`"});
  refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1)}", {"structured"});
  refused("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", {"ascontiguousarray"});
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", {"1 dimension"});
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", {"0 dimension"});
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 2)}", {"3 dimension"});
}

TEST_F(Npy, DamagedHeadersAreRefused) {
  const char* const damaged[] = {
      "",
      "{",
      "{}",
      "[]",
      "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)} x",
      "{'descr': '<f4",
      "{'descr' '<f4', 'fortran_order': False, 'shape': (1, 1)}",
      "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1, 1)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 1)}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1, 1)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'more': 1}",
  };
  for (const char* text : damaged) {
    SCOPED_TRACE(text);
    expect_error(Code::corrupt, {"a.npy"}, [&] { layout(npy_bytes(text, "1234")); });
  }
}

TEST_F(Npy, ShapesThatContradictTheLengthAreRefused) {
  const auto refused = [&](std::size_t rows, std::size_t columns, Code code) {
    expect_error(code, {"a.npy"},
                 [&] { layout(npy_bytes(npy_dictionary("<f4", rows, columns), "12345678")); });
  };
  refused(1, 1, Code::corrupt);
  refused(3, 1, Code::corrupt);
  refused(SIZE_MAX, SIZE_MAX, Code::corrupt);
  refused(std::size_t{1} << 31, 1 << 24, Code::corrupt);
  refused(0, 4, Code::invalid_argument);
  refused(4, 0, Code::invalid_argument);
}

TEST_F(Npy, TornFilesAreRefused) {
  const std::string whole = npy_bytes<float>("<f4", 2, {1, 2, 3, 4});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    expect_error(Code::corrupt, {"a.npy"}, [&] { layout(whole.substr(0, length)); });
  }
  EXPECT_EQ(layout(whole).rows, 2U);
}

TEST_F(Npy, FloatsAboveTheRangeOfF32AreRefused) {
  expect_error(Code::corrupt, {"row 1, component 0", "inf"}, [&] {
    load(npy_bytes<double>("<f8", 1, {1, 1e39}), "euclidean");
  });
}

}  // namespace
}  // namespace skerry::experiments
