#pragma once
// The files of tests/data/graphs, and the vectors that they were built over (generate.py there).

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "experiments/dataset.h"
#include "graph/graph.h"

namespace skerry::experiments {

inline std::filesystem::path shipped(const std::string& name) {
  return std::filesystem::path(SKERRY_SOURCE_DIR) / "tests/data/graphs" / name;
}

inline Matrix shipped_vectors() {
  Matrix matrix{200, 8, 32, std::vector<std::byte>(200 * 32)};
  for (std::size_t i = 0; i < 200; ++i) {
    for (std::size_t j = 0; j < 8; ++j) {
      const auto number = static_cast<float>((i * 37 + j * 101 + i * j * 13) % 251);
      store(matrix.data.data() + (i * 8 + j) * 4, number / 251.0F);
    }
  }
  return matrix;
}

inline std::vector<std::byte> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Bytes bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

inline void write_bytes(const std::filesystem::path& path, Bytes bytes) {
  const std::string_view text = as_text(bytes);
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace skerry::experiments
