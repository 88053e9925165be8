// The whole life of an index, as a user lives it, on every store.

#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/experiments/index/index_fixture.h"

namespace skerry::experiments {
namespace {

using IndexLife = IndexProgram;

struct Line {
  std::uint64_t query, rank, id;
  double distance;
};

std::vector<Line> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::string heading;
  std::getline(stream, heading);
  EXPECT_EQ(heading, "query\trank\tid\tdistance");
  std::vector<Line> lines;
  Line line{};
  while (stream >> line.query >> line.rank >> line.id >> line.distance) lines.push_back(line);
  EXPECT_TRUE(stream.eof());
  return lines;
}

TEST_P(IndexLife, AnIndexIsMadeSearchedChangedAndChecked) {
  write_fvecs("base.fvecs", 0, 300);
  write_fvecs("more.fvecs", 300, 100);
  EXPECT_TRUE(contains(create("dir", "base.fvecs"), "300 items"));
  EXPECT_EQ(stats("dir").at("items"), 300);
  EXPECT_EQ(stats("dir").at("store"), GetParam());

  EXPECT_TRUE(contains(done("add dir --vectors more.fvecs"), "100 added, 0 replaced; 400 items"));
  std::vector<Line> found = lines_of(done("search dir --queries more.fvecs -k 3 --ef 100"));
  ASSERT_EQ(found.size(), 300U);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(found[3 * i].query, i);
    EXPECT_EQ(found[3 * i].rank, 1U);
    EXPECT_EQ(found[3 * i].id, 300 + i);  // after the largest id
    EXPECT_EQ(found[3 * i].distance, 0);
    EXPECT_EQ(found[3 * i + 2].rank, 3U);
  }

  EXPECT_TRUE(contains(done("delete dir --ids 5,17"), "2 deleted; 398 items"));
  write("ids", " 300\n\n301\r\n");
  EXPECT_TRUE(contains(done("delete dir --ids-file ids"), "2 deleted; 396 items"));
  for (const Line& line : lines_of(done("search dir --queries more.fvecs -k 50 --scan"))) {
    EXPECT_NE(line.id, 5U);
    EXPECT_NE(line.id, 300U);
  }
  EXPECT_TRUE(contains(done("add dir --vectors base.fvecs --first-id 300"),
                       "202 added, 98 replaced; 598 items"));
  EXPECT_TRUE(contains(done("consolidate dir"), "598 items"));
  EXPECT_EQ(stats("dir").at("gone"), 0);
  EXPECT_EQ(stats("dir").at("tombstones"), 0);
  EXPECT_TRUE(contains(done("verify dir"), "dir: sound"));
  EXPECT_TRUE(contains(done("rebuild dir --M 5 --threads 2"), "598 items"));
  EXPECT_EQ(stats("dir").at("M"), 5);
  EXPECT_EQ(stats("dir").at("M0"), 10);
  EXPECT_EQ(stats("dir").at("ef_construction"), 40);
  EXPECT_TRUE(contains(done("verify dir"), "dir: sound"));
  EXPECT_TRUE(contains(done("compact dir"), "bytes after"));
  EXPECT_TRUE(contains(done("verify dir --json"), "\"damages\": 0"));
  EXPECT_FALSE(std::filesystem::exists(path("dir/compacting")));
}

TEST_P(IndexLife, AnIndexMayKeepCodesAndBeSearchedByThem) {
  write_fvecs("base.fvecs", 0, 300);
  write_fvecs("more.fvecs", 300, 50);
  create("plain", "base.fvecs");
  create("dir", "base.fvecs", "--encoding i8");
  EXPECT_EQ(digest("dir"), digest("plain"));
  EXPECT_EQ(stats("dir").at("encoding"), "i8");
  EXPECT_EQ(stats("dir").at("codes").at("value_bytes"), 4 * dimension + 300 * (dimension + 8));
  EXPECT_EQ(stats("plain").at("codes").at("records"), 0);
  done("add dir --vectors more.fvecs");
  done("delete dir --ids 5,17");
  EXPECT_TRUE(contains(done("verify dir"), "dir: sound"));
  for (const std::string view : {"direct", "frozen"}) {
    const std::string how = " -k 1 --ef 60 --oversample 3 --traversal i8 --view " + view;
    const std::vector<Line> found = lines_of(done("search dir --queries more.fvecs" + how));
    ASSERT_EQ(found.size(), 50U);
    for (std::size_t i = 0; i < 50; ++i) {
      EXPECT_EQ(found[i].id, 300 + i);
      EXPECT_EQ(found[i].distance, 0);
    }
  }
  EXPECT_TRUE(contains(refused("search plain --queries more.fvecs --traversal i8"), "`frozen`"));
  EXPECT_TRUE(contains(refused("search plain --queries more.fvecs --traversal f61"), "`f16`"));
  EXPECT_TRUE(contains(refused("rebuild dir --encoding f61"), "`f16`"));
  done("rebuild dir --encoding f32");
  EXPECT_EQ(stats("dir").at("codes").at("records"), 0);
  EXPECT_TRUE(contains(done("verify dir"), "dir: sound"));
}

TEST_P(IndexLife, EveryWayToOneGraphHasOneDigest) {
  write_fvecs("base.fvecs", 0, 500);
  create("one", "base.fvecs");
  create("two", "base.fvecs", "--threads 2");
  EXPECT_EQ(digest("one"), digest("two"));

  done("create three --store " + std::string(GetParam()) +
       " --metric euclidean --M 6 --ef-construction 40 --dimension 8");
  EXPECT_EQ(stats("three").at("items"), 0);
  EXPECT_TRUE(contains(done("verify three"), "sound"));
  done("add three --vectors base.fvecs");
  EXPECT_EQ(digest("one"), digest("three"));

  for (const char* store : {"lmdb", "rocksdb"}) {
    const std::string name = std::string("as-") + store;
    EXPECT_TRUE(contains(done("convert one " + name + " --store " + store), digest("one")));
    EXPECT_EQ(digest("one"), digest(name));
    EXPECT_TRUE(contains(done("verify " + name), "sound"));
    EXPECT_EQ(done("search one --queries base.fvecs -k 3"),
              done("search " + name + " --queries base.fvecs -k 3"));
  }
  done("delete as-lmdb --ids 1,2,3");
  done("rebuild as-lmdb");
  done("export as-lmdb --vectors left.ndjson");
  create("again", "left.ndjson");
  EXPECT_EQ(digest("again"), digest("as-lmdb"));
}

TEST_P(IndexLife, LinesOfJsonComeAndGoThroughStandardStreams) {
  std::string lines;
  for (const std::uint64_t id : {900U, 7U, 31U, 7U}) lines += json_line(id, id + lines.size());
  lines += "\n  \n" + json_line(18446744073709551614U, 1);
  write("lines", lines);
  EXPECT_TRUE(contains(create("dir", "- < lines"), "4 items"));  // the last 7 counts
  const std::string exported = done("export dir --vectors -");
  write("exported.jsonl", exported);
  create("copy", "exported.jsonl");
  EXPECT_EQ(digest("dir"), digest("copy"));
  EXPECT_TRUE(contains(exported, "{\"id\":18446744073709551614,\"vector\":["));
  EXPECT_EQ(exported.substr(0, 8), "{\"id\":7,");

  write("more", json_line(8, 1) + json_line(7, 2));
  EXPECT_TRUE(contains(done("add dir --vectors - < more"), "1 added, 1 replaced; 5 items"));
  write("query", R"({"vector": [1,2,3,4,5,6,7,8], "text": "ignored"})"
                 "\n"
                 R"({"id": 77, "vector": [0,0,0,0,0,0,0,0.5]})");
  const std::vector<Line> found = lines_of(done("search dir --queries - -k 2 < query"));
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].query, 0U);
  EXPECT_EQ(found[2].query, 77U);
}

TEST_P(IndexLife, ExportGivesVectorsAndIdsBackExactly) {
  write_fvecs("base.fvecs", 0, 40);
  create("dir", "base.fvecs");
  for (const char* file : {"out.fvecs", "out.fbin", "out.npy", "out.jsonl"}) {
    done("export dir --vectors " + std::string(file));
    create(std::string("from-") + file, file);
    EXPECT_EQ(digest("dir"), digest(std::string("from-") + file)) << file;
  }
  done("delete dir --ids 0");
  const ProgramRun run = index("export dir --vectors out.fvecs");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(contains(run.error, "--ids FILE")) << run.error;
  done("export dir --vectors out.fvecs --ids ids");
  std::ifstream ids(path("ids"));
  std::uint64_t id = 0;
  for (std::uint64_t expected = 1; ids >> id; ++expected) EXPECT_EQ(id, expected);
  EXPECT_EQ(id, 39U);
}

TEST_P(IndexLife, BitsOfHammingAreKeptAndGivenBack) {
  std::string lines;
  for (std::uint64_t id = 0; id < 50; ++id) {
    Random random(id);
    std::vector<int> bits(16);
    for (int& bit : bits) bit = static_cast<int>(random.below(2));
    lines += nlohmann::json({{"id", id}, {"vector", bits}}).dump() + "\n";
  }
  write("bits.jsonl", lines);
  const std::string make = " --store " + std::string(GetParam()) + " --metric hamming --vectors ";
  done("create dir" + make + "bits.jsonl");
  for (const char* file : {"out.u8bin", "out.npy", "out.jsonl"}) {
    done("export dir --vectors " + std::string(file));
    done("create from-" + std::string(file) + make + file);
    EXPECT_EQ(digest("dir"), digest(std::string("from-") + file)) << file;
  }
  EXPECT_TRUE(contains(done("verify dir"), "sound"));
}

TEST_P(IndexLife, SeveralIndexesLiveInOneStore) {
  write_fvecs("base.fvecs", 0, 50);
  write_fvecs("more.fvecs", 50, 20);
  create("dir", "base.fvecs");
  create("dir", "more.fvecs", "--name second");
  const nlohmann::json list = nlohmann::json::parse(done("list dir --json"));
  ASSERT_EQ(list.at("indexes").size(), 2U);
  EXPECT_EQ(list.at("indexes")[0].at("name"), "main");
  EXPECT_EQ(list.at("indexes")[1].at("items"), 20);
  EXPECT_TRUE(contains(done("list dir"), "second"));
  const std::string main_digest = digest("dir");
  create("dir", "base.fvecs", "--name second --force --first-id 1000");
  EXPECT_EQ(stats("dir", "second").at("items"), 50);
  EXPECT_EQ(digest("dir"), main_digest);
  done("convert dir both --store lmdb");
  EXPECT_EQ(stats("both", "second").at("graph_digest"), stats("dir", "second").at("graph_digest"));
  EXPECT_TRUE(contains(done("verify both"), "index `second`: 50 items checked"));
}

TEST_P(IndexLife, ForceReplacesAnIndexAndLeavesNothingOfIt) {
  write_fvecs("base.fvecs", 0, 200);
  write_fvecs("less.fvecs", 7, 30);
  create("dir", "base.fvecs", "--first-id 5 --in-links reverse");
  done("delete dir --ids 7,9");
  create("dir", "less.fvecs", "--force");
  create("fresh", "less.fvecs");
  EXPECT_EQ(digest("dir"), digest("fresh"));
  EXPECT_EQ(stats("dir").at("slots"), 30);
  EXPECT_EQ(stats("dir").at("in_links"), "symmetric");
  const std::string checked = done("verify dir");
  EXPECT_TRUE(contains(checked, "sound"));
  EXPECT_FALSE(contains(checked, "note")) << checked;
}

TEST_P(IndexLife, EveryDurabilityAndPolicyIsTaken) {
  write_fvecs("base.fvecs", 0, 100);
  create("dir", "base.fvecs",
         "--selection 'robust_prune(alpha=1.2)' --levels 'geometric(ml=auto)' --overflow reselect "
         "--forward M --M0 14 --codec rice --layout 'apart(links=8)' --order bfs --seed 3 "
         "--repair tombstone --in-links reverse --schedule sequential");
  const nlohmann::json before = stats("dir");
  EXPECT_EQ(before.at("M0"), 14);
  EXPECT_EQ(before.at("codec"), "rice");
  EXPECT_EQ(before.at("layout"), "apart(links=8)");
  EXPECT_EQ(before.at("repair"), "tombstone");
  std::uint64_t id = 0;
  for (const char* durability : {"none", "process", "ordered", "power"}) {
    done("delete dir --durability " + std::string(durability) + " --ids " + std::to_string(id++));
  }
  EXPECT_EQ(stats("dir").at("tombstones"), 4);
  EXPECT_TRUE(contains(done("verify dir"), "sound"));
  EXPECT_TRUE(contains(done("consolidate dir --repair drop"), "4 deleted items taken out"));
  EXPECT_EQ(stats("dir").at("tombstones"), 0);
  done("rebuild dir --metric manhattan --selection hnsw");
  EXPECT_EQ(stats("dir").at("metric"), "manhattan");
  EXPECT_EQ(stats("dir").at("codec"), "rice");
  EXPECT_TRUE(contains(done("verify dir"), "sound"));
}

TEST_P(IndexLife, WhatAProcessCommittedBeforeItDiedIsThere) {
  write_fvecs("base.fvecs", 0, 20);
  create("dir", "base.fvecs");
  const pid_t child = ::fork();
  if (child == 0) {
    kv::Store* const store = kv::open_store(GetParam(), {.path = path("dir")}).release();
    graph::Writer writer(*store, "main");
    const std::vector<float> vector = index_vector(77);
    writer.add(77, std::as_bytes(std::span(vector)));
    writer.build(kv::Durability::process);
    ::_exit(0);  // nothing is closed
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(stats("dir").at("items"), 21);
  EXPECT_TRUE(contains(done("export dir --vectors -"), "{\"id\":77,"));
  EXPECT_TRUE(contains(done("verify dir"), "sound"));
}

TEST_P(IndexLife, IdsThatAreNotThereAreToldOfAndNoMistake) {
  write_fvecs("base.fvecs", 0, 20);
  create("dir", "base.fvecs");
  const ProgramRun run = index("delete dir --ids 3,77,3");
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_TRUE(contains(run.out, "1 deleted; 19 items")) << run.out;
  EXPECT_TRUE(contains(run.error, "2 of 3 ids not there: 77, 3")) << run.error;
}

INSTANTIATE_TEST_SUITE_P(Stores, IndexLife, testing::Values("lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::experiments
