#include "experiments/query_rows.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;

class QueryRowsTest : public testing::Test {
 protected:
  std::string bytes() const {
    std::ifstream file(file_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  void overwrite(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }

  support::TempDir folder_;
  const std::filesystem::path file_ = query_rows_file(folder_.path(), "p");
  const std::vector<QueryRow> rows_ = {{.query = 7,
                                        .hits = 9,
                                        .hits_tie = 10,
                                        .returned = 11,
                                        .distances = 70000,
                                        .hops = 12,
                                        .gets = 13,
                                        .bytes = std::uint64_t{1} << 40,
                                        .latency_ns = {4'000'000'000, 2}},
                                       {.query = 8, .latency_ns = {3, 4}}};
};

TEST_F(QueryRowsTest, WhatWasWrittenIsReadBack) {
  write_query_rows(file_, rows_);
  const std::vector<QueryRow> read = read_query_rows(file_);
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].query, 7U);
  EXPECT_EQ(read[0].hits, 9U);
  EXPECT_EQ(read[0].hits_tie, 10U);
  EXPECT_EQ(read[0].returned, 11U);
  EXPECT_EQ(read[0].distances, 70000U);
  EXPECT_EQ(read[0].hops, 12U);
  EXPECT_EQ(read[0].gets, 13U);
  EXPECT_EQ(read[0].bytes, std::uint64_t{1} << 40);
  EXPECT_EQ(read[0].latency_ns, rows_[0].latency_ns);
  EXPECT_EQ(read[1].latency_ns, rows_[1].latency_ns);
}

TEST_F(QueryRowsTest, TheHeaderIsAlignedAsNumpyWritesItAndRowsAreLittleEndian) {
  write_query_rows(file_, rows_);
  const std::string text = bytes();
  EXPECT_EQ(text.substr(0, 8), std::string("\x93NUMPY\1\0", 8));
  const std::size_t data = text.find('\n') + 1;
  EXPECT_EQ(data % 64, 0U);
  EXPECT_EQ(static_cast<unsigned char>(text[8]) + 256 * static_cast<unsigned char>(text[9]),
            static_cast<int>(data - 10));
  EXPECT_EQ(text.size(), data + 2 * 40);
  EXPECT_EQ(text.substr(data, 6), std::string("\7\0\0\0\11\0", 6));
}

TEST_F(QueryRowsTest, NoRowsAreAFile) {
  write_query_rows(file_, {});
  EXPECT_TRUE(read_query_rows(file_).empty());
}

TEST_F(QueryRowsTest, RowsOfDifferentRepetitionsAreRefused) {
  expect_error(Code::invalid_argument, {"repetitions"}, [&] {
    write_query_rows(file_, {{.latency_ns = {1}}, {.latency_ns = {1, 2}}});
  });
}

TEST_F(QueryRowsTest, AMissingFileIsNotFound) {
  expect_error(Code::not_found, {"p.npy"}, [&] { read_query_rows(file_); });
}

TEST_F(QueryRowsTest, EveryTornFileIsRefused) {
  write_query_rows(file_, rows_);
  const std::string text = bytes();
  for (std::size_t length = 0; length < text.size(); ++length) {
    overwrite(text.substr(0, length));
    expect_error(Code::corrupt, {"p.npy"}, [&] { read_query_rows(file_); });
  }
}

TEST_F(QueryRowsTest, EveryChangedByteOfTheHeaderOrThePaddingIsRefused) {
  write_query_rows(file_, rows_);
  const std::string text = bytes();
  const std::size_t data = text.find('\n') + 1;
  for (std::size_t at = 0; at < data; ++at) {
    std::string changed = text;
    changed[at] ^= 1;
    overwrite(changed);
    expect_error(Code::corrupt, {}, [&] { read_query_rows(file_); });
  }
  std::string changed = text;
  changed[data + 10] = 1;
  overwrite(changed);
  expect_error(Code::corrupt, {}, [&] { read_query_rows(file_); });
}

}  // namespace
}  // namespace skerry::experiments
