#include "experiments/formats/matrix_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

#include "experiments/formats/sources.h"
#include "tests/support/expect_error.h"
#include "tests/support/hdf5_writer.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

class MatrixWriter : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  /// Writes `bytes` as `from`, converts that to `to`, and returns the bytes of `to`.
  std::string converted(const std::string& from, const std::string& bytes, const std::string& to) {
    support::write_file(path(from), bytes);
    write_matrix(*open_sources({.path = path(from)}).train, path(to));
    return support::read_file(path(to));
  }

  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

 private:
  support::TempDir folder_;
};

TEST_F(MatrixWriter, FloatsGoFromEachFormatToEachOther) {
  EXPECT_TRUE(rc::check("bytes as another writer makes them", [this] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 20);
    const auto rows = *rc::gen::inRange<std::size_t>(1, 20);
    const auto values = *rc::gen::container<std::vector<float>>(
        rows * columns, rc::gen::cast<float>(rc::gen::arbitrary<std::int16_t>()));
    const std::string vecs = support::vecs_bytes(columns, values);
    const std::string bin = support::bin_bytes(columns, values);
    RC_ASSERT(converted("a.fvecs", vecs, "b.fbin") == bin);
    RC_ASSERT(converted("a.fbin", bin, "b.fvecs") == vecs);
    const std::string npy = converted("a.fbin", bin, "b.npy");
    RC_ASSERT((npy.size() - vecs.size() + 4 * rows) % 64 == 0U);  // numpy aligns data so
    RC_ASSERT(converted("a.npy", npy, "b.fvecs") == vecs);
  }));
}

TEST_F(MatrixWriter, NpyKeepsTheTypeOfTheNumbers) {
  const std::vector<std::uint8_t> values{1, 2, 255};
  const std::string npy = converted("a.bvecs", support::vecs_bytes(3, values), "b.npy");
  EXPECT_NE(npy.find("'|u1'"), npy.npos);
  EXPECT_EQ(converted("a.npy", npy, "b.u8bin"), support::bin_bytes(3, values));
  EXPECT_EQ(converted("a.npy", npy, "b.fbin"), support::bin_bytes<float>(3, {1, 2, 255}));
}

TEST_F(MatrixWriter, PartsOfHdf5BecomeFiles) {
  {
    support::Hdf5Writer file(path("a.hdf5"));
    file.data("train", support::Hdf5Type::f64, {2, 2}, {1, 2, 3, 0.1}, {1, 2, true});
    file.data("test", support::Hdf5Type::f32, {1, 2}, {5, 6});
    file.data("neighbors", support::Hdf5Type::i64, {1, 2}, {1, 0});
  }
  const Sources sources = open_sources({.path = path("a.hdf5")});
  write_matrix(*sources.train, path("a.fbin"));
  EXPECT_EQ(support::read_file(path("a.fbin")), support::bin_bytes<float>(2, {1, 2, 3, 0.1F}));
  write_matrix(*sources.neighbors, path("a.ivecs"));
  EXPECT_EQ(support::read_file(path("a.ivecs")), support::vecs_bytes<std::int32_t>(2, {1, 0}));
}

TEST_F(MatrixWriter, WhatTheFormatCannotHoldIsRefusedAndLeavesNoFile) {
  const std::string bytes = support::bin_bytes<float>(2, {1, 2, 3, 300});
  expect_error(Code::invalid_argument, {"row 1, component 1 is 300", "u8", "b.u8bin"},
               [&] { converted("a.fbin", bytes, "b.u8bin"); });
  expect_error(Code::unsupported, {"HDF5", "b.h5"}, [&] { converted("a.fbin", bytes, "b.h5"); });
  expect_error(Code::invalid_argument, {"`csv`"}, [&] { converted("a.fbin", bytes, "b.csv"); });
  EXPECT_EQ(files(), 1U);
}

TEST_F(MatrixWriter, AFailedConversionLeavesTheOldFileAlone) {
  support::write_file(path("b.u8bin"), "precious");
  expect_error(Code::invalid_argument, {},
               [&] { converted("a.fbin", support::bin_bytes<float>(1, {0.5F}), "b.u8bin"); });
  EXPECT_EQ(support::read_file(path("b.u8bin")), "precious");
}

TEST_F(MatrixWriter, AFolderThatDoesNotExistIsNamed) {
  expect_error(Code::not_found, {"/nowhere/b.fvecs"}, [&] {
    support::write_file(path("a.fbin"), support::bin_bytes<float>(1, {1}));
    write_matrix(*open_sources({.path = path("a.fbin")}).train, "/nowhere/b.fvecs");
  });
}

TEST_F(MatrixWriter, TruthIsIdsAndThenDistances) {
  const std::vector<std::uint32_t> ids{3, 1, 2, 0};
  const std::vector<float> distances{0.5F, 1, 0, 2};
  write_truth(path("t.ibin"), 2, 2, ids, distances);
  EXPECT_EQ(support::read_file(path("t.ibin")),
            support::bin_bytes(2, ids) + support::raw(distances));
}

}  // namespace
}  // namespace skerry::experiments
