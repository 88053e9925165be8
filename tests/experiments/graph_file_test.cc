#include "experiments/graph_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

/// Items of several levels with random links between items of a level.
graph::Graph random_graph(std::size_t items, std::uint64_t seed) {
  Random random(seed);
  graph::Graph graph({3, 6});
  for (std::size_t i = 0; i < items; ++i) graph.add_item(i % 5 == 0 ? (i % 10 == 0 ? 2 : 1) : 0);
  for (std::size_t i = 0; i < items; ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level <= graph.top_of(slot); ++level) {
      std::vector<Slot> links;
      for (Slot target = 0; target < items; ++target) {
        const bool present = target != slot && graph.top_of(target) >= level;
        if (present && links.size() < graph.bounds().at(level) && random.below(3) == 0) {
          links.push_back(target);
        }
      }
      graph.set_links(level, slot, links);
    }
  }
  if (items > 0) graph.set_entry_points({0});
  return graph;
}

void expect_equal(const graph::Graph& a, const graph::Graph& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a.bounds().M, b.bounds().M);
  EXPECT_EQ(a.bounds().M0, b.bounds().M0);
  EXPECT_TRUE(std::ranges::equal(a.entry_points(), b.entry_points()));
  for (Slot slot = 0; slot < a.size(); ++slot) {
    ASSERT_EQ(a.top_of(slot), b.top_of(slot));
    for (unsigned level = 0; level <= a.top_of(slot); ++level) {
      EXPECT_TRUE(std::ranges::equal(a.links(level, slot), b.links(level, slot)));
    }
  }
}

std::vector<char> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::filesystem::path& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

Code failure(const std::filesystem::path& path) {
  try {
    read_graph_file(path);
  } catch (const Error& error) {
    return error.code();
  }
  return Code::ok;
}

TEST(GraphFile, GivesBackTheGraphThatWasWritten) {
  const support::TempDir folder;
  for (const std::size_t items : {0, 1, 2, 11, 60}) {
    const graph::Graph graph = random_graph(items, items);
    write_graph_file(folder.path() / "graph", graph);
    expect_equal(read_graph_file(folder.path() / "graph"), graph);
  }
}

TEST(GraphFile, EveryChangedByteIsFound) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "graph";
  write_graph_file(path, random_graph(12, 1));
  const std::vector<char> good = read(path);
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {1, 0x80, 0xff}) {
      std::vector<char> bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      write(path, bad);
      const Code code = failure(path);
      EXPECT_TRUE(code == Code::corrupt || code == Code::version) << "byte " << i;
    }
  }
}

TEST(GraphFile, EveryTruncationAndExtensionIsFound) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "graph";
  write_graph_file(path, random_graph(12, 1));
  const std::vector<char> good = read(path);
  for (std::size_t size = 0; size < good.size(); ++size) {
    write(path, {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_EQ(failure(path), Code::corrupt) << "size " << size;
  }
  std::vector<char> longer = good;
  longer.push_back(0);
  write(path, longer);
  EXPECT_EQ(failure(path), Code::corrupt);
}

TEST(GraphFile, MissingFileIsNotFound) {
  EXPECT_EQ(failure("/nonexistent/graph"), Code::not_found);
}

TEST(GraphFile, FolderThatIsMissingIsAnErrorOfWriting) {
  EXPECT_THROW(write_graph_file("/nonexistent/graph", random_graph(3, 1)), Error);
}

}  // namespace
}  // namespace skerry::experiments
