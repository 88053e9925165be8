// Indexes that hannoy itself wrote (tests/data/graphs/hannoy_fixture.rs), held against what hannoy
// says that they hold and find.

#include "experiments/graphs/hannoy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "base/random.h"
#include "experiments/graphs/import.h"
#include "graph/inspect.h"
#include "graph/rows.h"
#include "graph/views.h"
#include "tests/experiments/graphs/shipped.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

/// One index of the fixtures: where it is, and the id of row i.
struct Fixture {
  const char* path;
  const char* text;
  int index;
  const char* metric;
  std::uint32_t (*id)(std::uint32_t row);
};

const std::vector<Fixture> fixtures = {
    {"hannoy(DATA/hannoy, index=0)", "hannoy.txt", 0, "cosine",
     [](std::uint32_t row) { return 3 + 5 * row; }},
    {"hannoy(DATA/hannoy/data.mdb, index=1)", "hannoy.txt", 1, "euclidean",
     [](std::uint32_t row) { return row; }},
    {"DATA/hannoy-named", "hannoy-named.txt", 0, "manhattan",
     [](std::uint32_t row) { return 4294967251U + row; }},
};

std::string path_of(std::string text) {
  if (const std::size_t at = text.find("DATA"); at != text.npos) {
    text.replace(at, 4, shipped("").parent_path().string());
  }
  return text;
}

Matrix rows_of_fixture(std::size_t first, std::size_t count) {
  Matrix matrix{count, 8, 32, std::vector<std::byte>(count * 32)};
  const Matrix all = shipped_vectors();
  for (std::size_t i = 0; i < count; ++i) {
    std::copy_n(all.row(first + i).data(), 32, matrix.data.data() + 32 * i);
  }
  return matrix;
}

/// Lines of `kind` for the index: the two numbers after it, and the list of ids.
std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> said(
    const Fixture& fixture, const std::string& kind) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> lists;
  std::ifstream file(shipped(fixture.text));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    int index = 0;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    words >> word >> index >> a >> b;
    words.ignore(1);
    if (word != kind || index != fixture.index) continue;
    std::vector<std::uint32_t>& list = lists[{a, b}];
    for (std::uint32_t id = 0; words >> id;) list.push_back(id);
  }
  EXPECT_FALSE(lists.empty());
  return lists;
}

TEST(Hannoy, TheVectorsAreThoseThatWereAdded) {
  for (const Fixture& fixture : fixtures) {
    const ImportedGraph found = import_graph(path_of(fixture.path), rows_of_fixture(0, 40),
                                             distance::metric(fixture.metric));
    EXPECT_EQ(found.format, "hannoy");
    EXPECT_EQ(found.graph.size(), 40U);
    support::expect_error(Code::mismatch, {"item 0"}, [&] {
      import_graph(path_of(fixture.path), rows_of_fixture(1, 40), distance::metric(fixture.metric));
    });
  }
}

TEST(Hannoy, TheLinksAreThoseOfHannoyButForLinksToOneself) {
  for (const Fixture& fixture : fixtures) {
    SCOPED_TRACE(fixture.path);
    const graph::Graph graph = read_foreign_graph(path_of(fixture.path)).graph;
    std::size_t lists = 0;
    for (Slot row = 0; row < graph.size(); ++row) lists += graph.top_of(row) + 1;
    const auto links = said(fixture, "links");
    EXPECT_EQ(lists, links.size());
    for (const auto& [place, expected] : links) {
      const auto [layer, item] = place;
      Slot row = 0;
      while (row < 40 && fixture.id(row) != item) ++row;
      ASSERT_LT(row, 40U);
      std::vector<std::uint32_t> found;
      for (const Slot target : graph.links(layer, row)) found.push_back(fixture.id(target));
      std::vector<std::uint32_t> without_self = expected;
      std::erase(without_self, item);
      EXPECT_EQ(found, without_self) << "layer " << layer << ", item " << item;
    }
  }
}

TEST(Hannoy, SearchesFindWhatHannoyFinds) {
  for (const Fixture& fixture : fixtures) {
    SCOPED_TRACE(fixture.path);
    const graph::Graph graph = read_foreign_graph(path_of(fixture.path)).graph;
    const distance::Metric& metric = distance::metric(fixture.metric);
    const Matrix vectors = rows_of_fixture(0, 40);
    const graph::Rows rows = graph::encode_rows(metric, 8, vectors.data, 40, 1);
    const Matrix queries = rows_of_fixture(100, 10);
    graph::FrozenView view(graph, rows);
    graph::SearchScratch scratch;
    graph::SearchWork work;
    std::vector<std::byte> query(rows.row_bytes());
    for (const auto& [place, expected] : said(fixture, "search")) {
      const auto [ef, row] = place;
      metric.encode(queries.row(row - 100), 8, query.data());
      graph::search_graph(view, {query.data(), metric.kernels().batch, 8}, graph.entry_points(),
                          graph.top_level(), 0, ef, scratch, work);
      std::vector<std::uint32_t> found;
      for (std::size_t i = 0; i < 5; ++i) found.push_back(fixture.id(scratch.beam[i].slot));
      EXPECT_EQ(found, expected) << "ef " << ef << ", query " << row;
    }
  }
}

TEST(Hannoy, TheNotesSayWhichIndexWasReadAndWhatItsIdsAre) {
  const ForeignGraph found = read_foreign_graph(path_of(fixtures[0].path));
  std::string notes;
  for (const std::string& note : found.notes) notes += note + "\n";
  for (const char* words : {"index=0 of hannoy 0.1.3, built for cosine", "ids are 3..198",
                            "M and M0 are those of the longest lists", "itself, dropped: "}) {
    EXPECT_NE(notes.find(words), notes.npos) << notes;
  }
}

TEST(Hannoy, AChoiceThatFitsNoneOrSeveralNamesThoseThereAre) {
  const auto read = [](const std::string& text) {
    return [text] { read_foreign_graph(path_of(text)); };
  };
  support::expect_error(Code::invalid_argument,
                        {"several", "index=0 (cosine)", "index=1 (euclidean)", "hannoy("},
                        read("DATA/hannoy"));
  support::expect_error(Code::not_found, {"index=1 (euclidean)"},
                        read("hannoy(DATA/hannoy, index=2)"));
  support::expect_error(Code::not_found, {"database=vectors"},
                        read("hannoy(DATA/hannoy-named, database=other)"));
  support::expect_error(Code::unsupported, {"binary quantized euclidean", "cosine"},
                        read("hannoy(DATA/hannoy, index=258)"));
  support::expect_error(Code::unsupported, {"changed after its last build"},
                        read("hannoy(DATA/hannoy, index=7)"));
  EXPECT_EQ(read_foreign_graph(path_of("hannoy( DATA/hannoy-named , database=vectors, index=0)"))
                .graph.size(),
            40U);
}

TEST(Hannoy, AChoiceThatIsNoneSaysWhatIsWrong) {
  const auto choose = [](const std::string& text) { return [text] { hannoy_choice(text); }; };
  support::expect_error(Code::invalid_argument, {"`indx`", "`index`"}, choose("hannoy(x, indx=1)"));
  support::expect_error(Code::invalid_argument, {"index=65536", "65535"},
                        choose("hannoy(x, index=65536)"));
  support::expect_error(Code::invalid_argument, {"path"}, choose("hannoy(, index=1)"));
  support::expect_error(Code::not_found, {"data.mdb"}, choose(path_of("DATA")));
  support::expect_error(Code::not_found, {"none"},
                        [] { read_foreign_graph("hannoy(none, index=1)"); });
  EXPECT_EQ(hannoy_choice("hannoy(a, b/c, index=1)")->file, "a, b/c");
  EXPECT_FALSE(hannoy_choice(shipped("scipy.npz")));
  EXPECT_FALSE(hannoy_choice("/nonexistent"));
}

TEST(Hannoy, DamageGivesAGraphOrARefusalAndNeverASignal) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "data.mdb";
  const std::vector<std::byte> good = bytes_of(shipped("hannoy-named") / "data.mdb");
  write_bytes(path, good);
  Random random(5);
  std::size_t refused = 0;
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](std::size_t at, std::byte value) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(value)).flush();
  };
  for (int i = 0; i < 2000; ++i) {
    // Behind the meta pages, whose damage leaves little to read.
    const std::size_t at = 8192 + random.below(good.size() - 8192);
    put(at, static_cast<std::byte>(random.bits()));
    try {
      graph::inspect_graph(read_foreign_graph(path).graph);
    } catch (const Error& error) {
      ++refused;
      EXPECT_TRUE(error.code() == Code::corrupt || error.code() == Code::unsupported)
          << error.what();
    }
    put(at, good[at]);
  }
  EXPECT_GT(refused, 300U);
  EXPECT_LT(refused, 2000U);
}

TEST(Hannoy, EveryTruncationIsRefused) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "data.mdb";
  write_bytes(path, bytes_of(shipped("hannoy-named") / "data.mdb"));
  for (std::size_t size = std::filesystem::file_size(path) - 1; size >= 700; size -= 700) {
    std::filesystem::resize_file(path, size);
    support::expect_error(Code::corrupt, {"damaged"}, [&] { read_foreign_graph(path); });
  }
}

}  // namespace
}  // namespace skerry::experiments
