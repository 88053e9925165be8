// Whatever is done to a file of any format, loading it gives a data set or an Error: no crash, no
// endless loop, no wild allocation.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "experiments/dataset.h"
#include "tests/support/hdf5_writer.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::Hdf5Type;

/// Most memory that this process has ever used, in MiB.
long peak_mib() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss / 1024;
}

// The files are of a few KiB; a header that is believed asks for GiB. A sanitizer keeps what is
// freed for a while.
constexpr long most_mib = 512;

class DamagedFiles : public testing::Test {
 protected:
  enum class Result { loaded, refused };

  /// Any exception but Error, and any crash, fails the test.
  Result load(const std::string& name, const std::string& bytes) {
    support::write_file(path(name), bytes);
    DatasetRequest request{.path = path(name).string()};
    if (name != "a.hdf5") {
      request.queries = path("q.fbin").string();
      request.neighbors = path("t.ibin").string();
    }
    try {
      load_dataset(request, distance::metric("euclidean"));
      return Result::loaded;
    } catch (const Error& error) {
      EXPECT_FALSE(std::string_view(error.what()).empty());
      return Result::refused;
    }
  }

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  /// The vectors 0..19 on a line; query 7, and its two nearest.
  std::string small_file(const std::string& name) {
    std::vector<float> line;
    for (int i = 0; i < 20; ++i) line.insert(line.end(), {static_cast<float>(i), 1, 2});
    support::write_file(path("q.fbin"), support::bin_bytes<float>(3, {7, 1, 2}));
    support::write_file(path("t.ibin"), support::bin_bytes<std::int32_t>(2, {7, 6}));
    const std::vector<std::uint8_t> bytes(line.begin(), line.end());
    if (name == "a.fvecs") return support::vecs_bytes(3, line);
    if (name == "a.bvecs") return support::vecs_bytes(3, bytes);
    if (name == "a.fbin") return support::bin_bytes(3, line);
    if (name == "a.u8bin") return support::bin_bytes(3, bytes);
    if (name == "a.npy") return support::npy_bytes("<f4", 3, line);
    {
      support::Hdf5Writer file(path("made.hdf5"));
      const std::vector<double> values(line.begin(), line.end());
      file.attribute("distance", "euclidean");
      file.data("train", Hdf5Type::f32, {20, 3}, values, {7, 2, true});
      file.data("test", Hdf5Type::f32, {1, 3}, {7, 1, 2});
      file.data("neighbors", Hdf5Type::i32, {1, 2}, {7, 6}, {1, 2, true});
      file.data("distances", Hdf5Type::f32, {1, 2}, {0, 1});
    }
    return support::read_file(path("made.hdf5"));
  }

 private:
  support::TempDir folder_;
};

constexpr const char* flat_files[] = {"a.fvecs", "a.bvecs", "a.fbin", "a.u8bin", "a.npy"};

TEST_F(DamagedFiles, IntactFilesLoad) {
  for (const char* name : flat_files) EXPECT_EQ(load(name, small_file(name)), Result::loaded);
  EXPECT_EQ(load("a.hdf5", small_file("a.hdf5")), Result::loaded);
}

TEST_F(DamagedFiles, EveryTruncationIsRefused) {
  for (const char* name : flat_files) {
    const std::string whole = small_file(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      // Cut at a row's end, vecs say nothing of what is missing; neighbours and queries stay true
      // while the rows that they speak of are there.
      const bool vecs = std::string_view(name).ends_with("vecs");
      const bool at_row = vecs && length > 0 && length % (whole.size() / 20) == 0;
      const bool complete = at_row && length / (whole.size() / 20) > 7;
      EXPECT_EQ(load(name, whole.substr(0, length)), complete ? Result::loaded : Result::refused)
          << name << " " << length;
    }
  }
  const std::string whole = small_file("a.hdf5");
  for (std::size_t length = 0; length < whole.size(); length += 61) {
    EXPECT_EQ(load("a.hdf5", whole.substr(0, length)), Result::refused) << length;
  }
}

TEST_F(DamagedFiles, EveryFlippedBitOfAHeaderIsSurvived) {
  const long before = peak_mib();
  for (const char* name : flat_files) {
    const std::string whole = small_file(name);
    for (std::size_t at = 0; at < std::min<std::size_t>(whole.size(), 128); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        std::string bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
        load(name, bytes);
      }
    }
  }
  EXPECT_LT(peak_mib() - before, most_mib);
}

TEST_F(DamagedFiles, RandomDamageIsSurvived) {
  const long before = peak_mib();
  Random random(1);
  for (const char* name : flat_files) {
    const std::string whole = small_file(name);
    for (int round = 0; round < 500; ++round) {
      std::string bytes = whole;
      for (std::uint64_t n = 1 + random.below(8); n > 0; --n) {
        bytes[random.below(std::min<std::size_t>(bytes.size(), 96))] =
            static_cast<char>(random.bits());
      }
      load(name, bytes);
    }
  }
  EXPECT_LT(peak_mib() - before, most_mib);
}

TEST_F(DamagedFiles, FlippedBitsInHdf5AreSurvived) {
  // Among these places are the shapes of chunks, the trees that find them and the heap of strings,
  // which libhdf5 follows into nowhere.
  const long before = peak_mib();
  const std::string whole = small_file("a.hdf5");
  Random random(2);
  for (int round = 0; round < 800; ++round) {
    std::string bytes = whole;
    const std::size_t at = random.below(bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
    load("a.hdf5", bytes);
  }
  EXPECT_LT(peak_mib() - before, most_mib);
}

TEST_F(DamagedFiles, WhatMakesLibhdf5CrashIsReportedAsDamage) {
  std::string bytes = small_file("a.hdf5");
  // The global heap, where the attribute's text lies: its first object claims 2^56 bytes.
  const std::size_t heap = bytes.find("GCOL");
  ASSERT_NE(heap, bytes.npos);
  for (std::size_t i = heap + 24; i < heap + 32; ++i) bytes[i] = '\x7f';
  EXPECT_EQ(load("a.hdf5", bytes), Result::refused);
}

}  // namespace
}  // namespace skerry::experiments
