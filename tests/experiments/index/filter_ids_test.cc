// `skerry index search --filter-ids`: what it may return, from which files, and what it refuses.

#include <algorithm>
#include <cstring>
#include <map>
#include <roaring/roaring64map.hh>
#include <set>
#include <sstream>

#include "tests/experiments/index/index_fixture.h"

namespace skerry::experiments {
namespace {

using Ids = std::set<std::uint64_t>;

std::string as_lines(const Ids& ids) {
  std::string text;
  for (const std::uint64_t id : ids) text += std::to_string(id) + "\n";
  return text;
}

std::string as_bitmap(const Ids& ids, bool runs = false) {
  Roaring64Map map;
  for (const std::uint64_t id : ids) map.add(id);
  if (runs) map.runOptimize();
  std::string bytes(map.getSizeInBytes(), '\0');
  map.write(bytes.data());
  return bytes;
}

class FilterIds : public IndexProgram {
 protected:
  void SetUp() override {
    write_fvecs("base.fvecs", 0, 300);
    write_fvecs("queries.fvecs", 1000, 5);
    // Ids on both sides of 2^32, so that a bitmap has two halves.
    create("dir", "base.fvecs", "--first-id " + std::to_string(first));
  }

  /// The ids that each of the five queries found, with k = 300.
  std::vector<Ids> found(const std::string& arguments) const {
    std::vector<Ids> ids(5);
    std::istringstream stream(done("search dir --queries queries.fvecs -k 300 " + arguments));
    std::string heading;
    std::getline(stream, heading);
    EXPECT_EQ(heading, "query\trank\tid\tdistance");
    std::uint64_t query = 0;
    std::uint64_t rank = 0;
    std::uint64_t id = 0;
    double distance = 0;
    while (stream >> query >> rank >> id >> distance) {
      EXPECT_EQ(rank, ids.at(query).size() + 1);
      EXPECT_TRUE(ids.at(query).insert(id).second);
    }
    return ids;
  }

  static constexpr std::uint64_t first = (std::uint64_t{1} << 32) - 100;
};

TEST_P(FilterIds, ExactlyTheItemsOfTheFileAreFound) {
  Random random(7);
  for (const std::size_t count : {1U, 20U, 300U}) {
    Ids ids;
    while (ids.size() < count) ids.insert(first + random.below(300));
    const std::vector<Ids> all(5, ids);
    Ids with_others = ids;
    with_others.insert({0, 5, first - 1, first + 300, 18446744073709551614U});
    write("lines", as_lines(with_others));
    write("bitmap", as_bitmap(with_others));
    write("runs", as_bitmap(with_others, true));
    EXPECT_EQ(found("--filter-ids lines"), all);
    EXPECT_EQ(found("--filter-ids - < lines"), all);
    EXPECT_EQ(found("--filter-ids bitmap"), all);
    EXPECT_EQ(found("--filter-ids runs --scan --threads 2"), all);
    EXPECT_EQ(found("--filter-ids - --view frozen < runs"), all);
  }
}

TEST_P(FilterIds, TheNearestOfThemComeFirst) {
  Ids even;
  for (std::uint64_t id = first; id < first + 300; id += 2) even.insert(id);
  write("even", as_lines(even));
  std::istringstream all(done("search dir --queries queries.fvecs -k 300 --scan"));
  std::map<std::uint64_t, std::string> expected;  // by query, ids in order
  std::map<std::uint64_t, int> counted;
  std::string line;
  std::getline(all, line);
  std::uint64_t query = 0;
  std::uint64_t rank = 0;
  std::uint64_t id = 0;
  double distance = 0;
  while (all >> query >> rank >> id >> distance) {
    if (even.contains(id) && ++counted[query] <= 7) expected[query] += std::to_string(id) + " ";
  }
  std::istringstream some(done("search dir --queries queries.fvecs -k 7 --scan --filter-ids even"));
  std::map<std::uint64_t, std::string> seen;
  std::getline(some, line);
  while (some >> query >> rank >> id >> distance) seen[query] += std::to_string(id) + " ";
  EXPECT_EQ(seen, expected);
}

TEST_P(FilterIds, AFileWithoutAnItemOfTheIndexFindsNothingAndSaysSo) {
  write("empty", "");
  write("empty-bitmap", as_bitmap({}));
  write("strange", "1\n2\n");
  for (const char* file : {"empty", "empty-bitmap", "strange"}) {
    const ProgramRun run =
        index("search dir --queries queries.fvecs --filter-ids " + std::string(file));
    EXPECT_EQ(run.exit_code, 0) << file;
    EXPECT_EQ(run.out, "query\trank\tid\tdistance\n") << file;
    EXPECT_TRUE(contains(run.error, "none of the ids in " + std::string(file))) << run.error;
  }
}

TEST_P(FilterIds, FilesThatAreNoSetOfIdsAreRefused) {
  const auto refuse = [&](const std::string& bytes, const std::string& words) {
    write("ids", bytes);
    const std::string error = refused("search dir --queries queries.fvecs --filter-ids ids");
    EXPECT_TRUE(contains(error, words)) << error;
    EXPECT_TRUE(contains(error, "ids")) << error;
  };
  refuse("1\n\n 2\nthree\n", "ids, line 4: `three` is no id");
  refuse("-1\n", "line 1: `-1` is no id");
  refuse("1,2\n", "is no id");
  refuse("18446744073709551615\n", "is no id");
  refuse("18446744073709551616\n", "is no id");
  const std::string good = as_bitmap({1, 2, first + 5, std::uint64_t{1} << 40});
  for (std::size_t size = 1; size < good.size(); size += 5) refuse(good.substr(0, size), "");
  refuse(good + "x", "1 bytes too many");
  std::string more = good;
  more[0] = 9;
  refuse(more, "before bitmap 3 of 9");
  std::string order = good;
  std::memset(order.data() + 8, 0xff, 4);  // the first high half
  refuse(order, "bitmap 2 does not ascend");
  refuse(as_bitmap({18446744073709551615U}), "ids are below it");
  EXPECT_TRUE(contains(refused("search dir --queries queries.fvecs --filter-ids none"), "none"));
  std::filesystem::create_directory(path("folder"));
  EXPECT_TRUE(
      contains(refused("search dir --queries queries.fvecs --filter-ids folder"), "folder"));
  EXPECT_TRUE(contains(refused("search dir --queries - --filter-ids - < ids"), "cannot both"));
}

TEST_P(FilterIds, AnyBytesAreABitmapOrAreRefused) {
  Random random(3);
  Ids ids;
  for (std::uint64_t id = first; id < first + 250; ++id) ids.insert(id);
  ids.insert({7, 9, 70'000, std::uint64_t{1} << 50});
  for (int round = 0; round < 16; ++round) {
    std::string bytes = as_bitmap(ids, round % 2 == 0);
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
    }
    write("bitmap", bytes);
    const ProgramRun run = index("search dir --queries queries.fvecs --filter-ids bitmap");
    EXPECT_TRUE(run.exit_code == 0 || run.exit_code == 2) << run.exit_code << run.error;
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, FilterIds, testing::Values("lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::experiments
