#include "experiments/formats/hdf5.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/hdf5_writer.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;
using support::Hdf5Storage;
using support::Hdf5Type;
using support::Hdf5Writer;

class Hdf5 : public testing::Test {
 protected:
  Dataset load(const char* metric = "euclidean") {
    return load_dataset({.path = path_.string()}, distance::metric(metric));
  }

  static std::vector<float> floats(const Matrix& matrix) {
    std::vector<float> values(matrix.rows * matrix.dimension);
    std::memcpy(values.data(), matrix.data.data(), matrix.data.size());
    return values;
  }

 private:
  support::TempDir folder_;

 protected:
  const std::filesystem::path path_ = folder_.path() / "a.hdf5";
};

TEST_F(Hdf5, EveryTypeAndStorageGivesTheSameVectors) {
  const std::vector<double> values{1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1};
  for (const Hdf5Type type :
       {Hdf5Type::f16, Hdf5Type::f32, Hdf5Type::f64, Hdf5Type::f32_big_endian, Hdf5Type::i32,
        Hdf5Type::i64, Hdf5Type::u32, Hdf5Type::u8, Hdf5Type::i8, Hdf5Type::boolean}) {
    for (const Hdf5Storage& storage :
         {Hdf5Storage{}, Hdf5Storage{2, 2, false}, Hdf5Storage{2, 2, true}, Hdf5Storage{4, 3, true},
          Hdf5Storage{100, 3, true}}) {
      {
        Hdf5Writer file(path_);
        file.data("train", type, {5, 3}, values, storage);
        file.data("test", type, {1, 3}, {1, 0, 1}, storage);
      }
      const Dataset dataset = load();
      EXPECT_EQ(floats(dataset.train), std::vector<float>(values.begin(), values.end()));
      EXPECT_EQ(floats(dataset.test), (std::vector<float>{1, 0, 1}));
      const Dataset bits = load("hamming");
      EXPECT_EQ(bits.train.dimension, 3U);
      EXPECT_EQ(bits.train.data, (std::vector<std::byte>{std::byte{5}, std::byte{5}, std::byte{4},
                                                         std::byte{3}, std::byte{6}}));
    }
  }
}

TEST_F(Hdf5, ManyChunksAreReadInOrder) {
  constexpr std::size_t rows = 30'000;
  constexpr std::size_t columns = 50;
  std::vector<double> values(rows * columns);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 65'521);
  for (const Hdf5Type type : {Hdf5Type::f32, Hdf5Type::i64}) {
    {
      Hdf5Writer file(path_);
      file.data("train", type, {rows, columns}, values, {777, 13, true});
      file.data("test", type, {1, columns}, std::vector<double>(columns));
    }
    EXPECT_EQ(floats(load().train), std::vector<float>(values.begin(), values.end()));
  }
}

TEST_F(Hdf5, TheDistanceAttributeIsReadAsOurMetric) {
  const std::pair<const char*, const char*> names[] = {
      {"angular", "cosine"},      {"normalized", "cosine"}, {"cosine", "cosine"},
      {"euclidean", "euclidean"}, {"ip", "inner_product"},  {"hamming", "hamming"},
      {"manhattan", "manhattan"}, {"jaccard", "jaccard"}};
  for (const auto& [theirs, ours] : names) {
    for (const bool variable_length : {true, false}) {
      {
        Hdf5Writer file(path_);
        file.attribute("distance", theirs, variable_length);
        file.data("train", Hdf5Type::f32, {1, 1}, {1});
        file.data("test", Hdf5Type::f32, {1, 1}, {1});
      }
      EXPECT_EQ(dataset_info({.path = path_.string()}).declared_metric, ours);
    }
  }
}

TEST_F(Hdf5, AnotherMetricThanTheDeclaredOneIsRefusedNamingBoth) {
  {
    Hdf5Writer file(path_);
    file.attribute("distance", "angular");
    file.data("train", Hdf5Type::f32, {1, 2}, {1, 0});
    file.data("test", Hdf5Type::f32, {1, 2}, {1, 0});
  }
  expect_error(Code::mismatch, {path_.string(), "cosine", "euclidean"}, [&] { load(); });
  EXPECT_EQ(load("cosine").declared_metric, "cosine");
}

TEST_F(Hdf5, BinaryPointsAreEightComponentsToAByte) {
  {
    Hdf5Writer file(path_);
    file.attribute("distance", "hamming");
    file.attribute("point_type", "binary");
    file.data("train", Hdf5Type::u8, {2, 2}, {255, 0, 3, 128});
    file.data("test", Hdf5Type::u8, {1, 2}, {0, 0});
    file.data("neighbors", Hdf5Type::i64, {1, 2}, {1, 0});
    file.data("distances", Hdf5Type::f64, {1, 2}, {3, 8});
  }
  const Dataset dataset = load("hamming");
  EXPECT_EQ(dataset.train.dimension, 16U);
  EXPECT_EQ(dataset.train.row(1)[1], std::byte{128});
  EXPECT_EQ(dataset.truth->ids, (std::vector<std::uint32_t>{1, 0}));
}

TEST_F(Hdf5, ParametersBesideTheFileAreRefused) {
  {
    Hdf5Writer file(path_);
    file.data("train", Hdf5Type::f32, {1, 1}, {1});
    file.data("test", Hdf5Type::f32, {1, 1}, {1});
  }
  expect_error(Code::invalid_argument, {"its own queries"}, [&] {
    load_dataset({.path = path_.string(), .queries = "q.fbin"}, distance::metric("euclidean"));
  });
}

TEST_F(Hdf5, MissingAndMisshapenDataSetsAreRefused) {
  const auto refused = [&](Code code, std::initializer_list<std::string_view> words,
                           const auto& fill) {
    {
      Hdf5Writer file(path_);
      fill(file);
    }
    expect_error(code, words, [&] { load(); });
    expect_error(code, {path_.string()}, [&] { dataset_info({.path = path_.string()}); });
  };
  const auto train = [](Hdf5Writer& file) { file.data("train", Hdf5Type::f32, {1, 1}, {1}); };
  refused(Code::corrupt, {"no such data set", "train"}, [](Hdf5Writer&) {});
  refused(Code::corrupt, {"no such data set", "test"}, train);
  refused(Code::unsupported, {"1 dimension", "test"}, [&](Hdf5Writer& file) {
    train(file);
    file.data("test", Hdf5Type::f32, {2}, {1, 2});
  });
  refused(Code::unsupported, {"3 dimension", "train"}, [](Hdf5Writer& file) {
    file.data("train", Hdf5Type::f32, {1, 1, 1}, {1});
  });
  refused(Code::invalid_argument, {"no rows", "test"}, [&](Hdf5Writer& file) {
    train(file);
    file.data("test", Hdf5Type::f32, {0, 1}, {});
  });
  refused(Code::unsupported, {"sparse"},
          [](Hdf5Writer& file) { file.attribute("type", "sparse"); });
  refused(Code::unsupported, {"links", "train"},
          [](Hdf5Writer& file) { file.external_link("train", "b.hdf5"); });
  refused(Code::unsupported, {"another file", "train"},
          [](Hdf5Writer& file) { file.external_data("train", 4, 4, "b.raw"); });
}

TEST_F(Hdf5, DataSetsThatWereNeverWrittenToTheEndAreRefused) {
  const auto write = [&](std::size_t rows, std::size_t columns, std::size_t written) {
    Hdf5Writer file(path_);
    file.torn_data("train", rows, columns, written);
    file.data("test", Hdf5Type::f32, {1, columns < 100 ? columns : 1}, std::vector<double>(40));
  };
  write(1'000'000'000, 1'000'000, 0);
  expect_error(Code::corrupt, {"train", path_.string()}, [&] { load(); });
  write(64, 40, 48);
  expect_error(Code::corrupt, {"only 9 of 12 chunks", "train"}, [&] { load(); });
  write(64, 40, 64);
  EXPECT_EQ(load().train.rows, 64U);
}

TEST_F(Hdf5, QueriesOfAnotherDimensionAreRefused) {
  {
    Hdf5Writer file(path_);
    file.data("train", Hdf5Type::f32, {1, 2}, {1, 2});
    file.data("test", Hdf5Type::f32, {1, 3}, {1, 2, 3});
  }
  expect_error(Code::mismatch, {"3 components", "have 2"}, [&] { load(); });
}

TEST_F(Hdf5, NumbersThatAreNotFiniteAreRefusedWithRowAndComponent) {
  {
    Hdf5Writer file(path_);
    file.data("train", Hdf5Type::f64, {2, 2}, {1, 2, 3, NAN});
    file.data("test", Hdf5Type::f64, {1, 2}, {1, 2});
  }
  expect_error(Code::corrupt, {"row 1, component 1 is nan", "train"}, [&] { load(); });
}

TEST_F(Hdf5, FilesOfOtherContentAreRefused) {
  support::write_file(path_, "");
  expect_error(Code::corrupt, {path_.string()}, [&] { load(); });
  support::write_file(path_, std::string(5000, 'x'));
  expect_error(Code::corrupt, {path_.string(), "not HDF5"}, [&] { load(); });
  support::write_file(path_, support::npy_bytes<float>("<f4", 1, {1}));
  expect_error(Code::invalid_argument, {"found: npy"}, [&] { load(); });
  std::filesystem::remove(path_);
  expect_error(Code::not_found, {path_.string()}, [&] { load(); });
}

TEST_F(Hdf5, TwoOpenFilesDoNotDisturbEachOther) {
  const std::filesystem::path other = path_.parent_path() / "b.hdf5";
  for (const auto& [path, value] : {std::pair{path_, 1.0}, std::pair{other, 2.0}}) {
    Hdf5Writer file(path);
    file.data("train", Hdf5Type::f32, {1, 1}, {value});
    file.data("test", Hdf5Type::f32, {1, 1}, {value});
  }
  auto first = std::make_unique<Hdf5File>(open_hdf5(path_.string()));
  const Hdf5File second = open_hdf5(other.string());
  float value = 0;
  second.train->read(0, 1, reinterpret_cast<std::byte*>(&value));
  EXPECT_EQ(value, 2.0F);
  first->test->read(0, 1, reinterpret_cast<std::byte*>(&value));
  EXPECT_EQ(value, 1.0F);
  first.reset();
  second.test->read(0, 1, reinterpret_cast<std::byte*>(&value));
  EXPECT_EQ(value, 2.0F);
}

}  // namespace
}  // namespace skerry::experiments
