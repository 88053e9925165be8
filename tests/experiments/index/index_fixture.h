#pragma once
// A folder with vectors in several formats and room for indexes, and the program run on them.

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.h"
#include "tests/experiments/program.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {

inline constexpr std::size_t dimension = 8;

/// Whole numbers, so that every format and every sum holds them exactly.
inline std::vector<float> index_vector(std::uint64_t seed) {
  Random random(hash64(4711, seed));
  std::vector<float> vector(dimension);
  for (float& x : vector) x = static_cast<float>(random.below(100));
  return vector;
}

class IndexProgram : public testing::TestWithParam<const char*> {
 protected:
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }

  /// Vectors of the seeds first .. first + count - 1 as fvecs.
  void write_fvecs(const std::string& name, std::uint64_t first, std::size_t count) const {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) {
      const auto columns = static_cast<std::int32_t>(dimension);
      bytes.append(reinterpret_cast<const char*>(&columns), sizeof(columns));
      const std::vector<float> vector = index_vector(first + i);
      bytes.append(reinterpret_cast<const char*>(vector.data()), dimension * sizeof(float));
    }
    write(name, bytes);
  }

  static std::string json_line(std::uint64_t id, std::uint64_t seed) {
    return nlohmann::json({{"id", id}, {"vector", index_vector(seed)}}).dump() + "\n";
  }

  ProgramRun index(const std::string& arguments) const {
    return skerry("index " + arguments, "cd " + folder_.path().string());
  }

  /// The command must succeed, without a word on stderr; returns what it prints.
  std::string done(const std::string& arguments) const {
    const ProgramRun run = index(arguments);
    EXPECT_EQ(run.exit_code, 0) << arguments << "\n" << run.error << run.out;
    EXPECT_EQ(run.error, "") << arguments;
    return run.out;
  }

  /// The command must be refused: one line, nothing printed; returns the line.
  std::string refused(const std::string& arguments, int exit_code = 2) const {
    const ProgramRun run = index(arguments);
    EXPECT_EQ(run.exit_code, exit_code) << arguments << "\n" << run.error << run.out;
    EXPECT_TRUE(is_one_error(run.error)) << arguments << "\n" << run.error;
    EXPECT_EQ(run.out, "") << arguments;
    return run.error;
  }

  nlohmann::json stats(const std::string& directory, const std::string& name = "main") const {
    return nlohmann::json::parse(done("stats " + directory + " --json --name " + name));
  }

  std::string digest(const std::string& directory) const {
    return stats(directory).at("graph_digest");
  }

  std::string create(const std::string& directory, const std::string& vectors,
                     const std::string& more = "") const {
    return done("create " + directory + " --store " + GetParam() +
                " --metric euclidean --M 6 --ef-construction 40 --vectors " + vectors + " " + more);
  }

  support::TempDir folder_;
};

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace skerry::experiments
