// What `skerry index` refuses, with which words and exit codes, and that nothing is lost by it.

#include "kv/open_store.h"
#include "tests/experiments/index/index_fixture.h"

namespace skerry::experiments {
namespace {

using IndexRefusals = IndexProgram;

TEST(IndexHelp, EveryCommandDescribesItself) {
  const ProgramRun all = skerry("index --help");
  EXPECT_EQ(all.exit_code, 0);
  EXPECT_TRUE(contains(skerry("--help").out, "index"));
  for (const std::string command : {"create", "list", "add", "delete", "search", "export", "stats",
                                    "verify", "consolidate", "rebuild", "convert", "compact"}) {
    EXPECT_TRUE(contains(all.out, "  " + command + " DIR")) << command;
    const ProgramRun run = skerry("index " + command + " --help");
    EXPECT_EQ(run.exit_code, 0) << command;
    EXPECT_TRUE(contains(run.out, "usage: skerry index " + command + " DIR")) << run.out;
    for (std::size_t at = 0, end = 0; end != std::string::npos; at = end + 1) {
      end = run.out.find('\n', at);
      EXPECT_LE((end == std::string::npos ? run.out.size() : end) - at, 140U) << command;
    }
  }
  for (const std::string command : {"add", "delete", "rebuild", "consolidate"}) {
    EXPECT_TRUE(contains(skerry("index " + command + " --help").out, "the loss of power"));
  }
}

TEST_P(IndexRefusals, MistakesInTheCommandLine) {
  EXPECT_TRUE(contains(refused(""), "a command is missing"));
  EXPECT_TRUE(contains(refused("creat dir"), "did you mean `create`?"));
  EXPECT_TRUE(contains(refused("add"), "an argument is missing"));
  EXPECT_TRUE(contains(refused("add dir"), "--vectors is missing"));
  EXPECT_TRUE(contains(refused("search dir"), "--queries is missing"));
  EXPECT_TRUE(contains(refused("delete dir"), "one of --ids and --ids-file"));
  EXPECT_TRUE(contains(refused("delete dir --ids 1 --ids-file f"), "one of --ids"));
  EXPECT_TRUE(contains(refused("delete dir --ids 1,x"), "`x` is no id"));
  EXPECT_TRUE(contains(refused("delete dir --ids 18446744073709551615"), "is no id"));
  EXPECT_TRUE(contains(refused("add dir --vectors f --durability strong"), "durability `strong`"));
  EXPECT_TRUE(contains(refused("add dir --vectors f --threads 0"), "--threads is `0`"));
  EXPECT_TRUE(contains(refused("search dir --queries f -k 0"), "--k is `0`"));
  EXPECT_TRUE(contains(refused("stats none"), "no store here"));
  EXPECT_TRUE(contains(refused("verify none"), "no store here"));
  EXPECT_TRUE(contains(refused("compact none"), "no store here"));
  EXPECT_TRUE(contains(refused("export none --vectors x.fvecs"), "no store here"));
  EXPECT_TRUE(contains(refused("export none --vectors x.txt"), "extension"));
}

TEST_P(IndexRefusals, AnIndexThatCannotBeMadeLeavesNoDirectory) {
  write_fvecs("base.fvecs", 0, 20);
  const std::string store = std::string(" --store ") + GetParam();
  const std::string good = store + " --metric euclidean --vectors base.fvecs";
  const auto refuse = [&](const std::string& arguments, const std::string& words) {
    EXPECT_TRUE(contains(refused("create dir" + arguments), words));
    EXPECT_FALSE(std::filesystem::exists(path("dir"))) << arguments;
  };
  refuse(" --metric euclidean --vectors base.fvecs", "--store is missing");
  refuse(" --store memory --metric euclidean --vectors base.fvecs", "nothing would be left");
  refuse(" --store lmbd --metric euclidean --vectors base.fvecs", "did you mean `lmdb`?");
  refuse(" --store 'rocksdb(cache=1MiB)' --metric euclidean --vectors base.fvecs",
         "write `rocksdb`");
  refuse(store + " --vectors base.fvecs", "--metric is missing");
  refuse(store + " --metric euclid --vectors base.fvecs", "did you mean `euclidean`?");
  refuse(store + " --metric euclidean", "--vectors is missing");
  refuse(store + " --metric euclidean --vectors none.fvecs", "none.fvecs");
  refuse(store + " --metric euclidean --vectors base.txt", "extension");
  refuse(store + " --metric hamming --vectors base.fvecs", "it must be 0 or 1");
  refuse(good + " --dimension 9", "another dimension");
  refuse(good + " --M 0", "--M is `0`");
  refuse(good + " --M0 3", "M0");
  refuse(good + " --forward M1", "M1");
  refuse(good + " --selection hnws", "did you mean `hnsw`?");
  refuse(good + " --levels hashd", "did you mean `hashed`?");
  refuse(good + " --repair none", "repair");
  refuse(good + " --codec detla", "did you mean `delta`?");
  refuse(good + " --layout together", "can be updated");
  refuse(good + " --name a/b", "a/b");
  refuse(good + " --first-id 18446744073709551600", "beyond");
  write("torn.fvecs", "abc");
  refuse(store + " --metric euclidean --vectors torn.fvecs", "torn.fvecs");
}

TEST_P(IndexRefusals, WhatIsThereIsNotWrittenOverWithoutForce) {
  write_fvecs("base.fvecs", 0, 20);
  create("dir", "base.fvecs");
  const std::string before = digest("dir");
  const std::string other = std::string(GetParam()) == "lmdb" ? "rocksdb" : "lmdb";
  const std::string make = " --metric euclidean --vectors base.fvecs --store ";
  EXPECT_TRUE(contains(refused("create dir" + make + GetParam()), "--force replaces it"));
  EXPECT_TRUE(contains(refused("create dir --name main" + make + GetParam()), "--force"));
  EXPECT_TRUE(contains(refused("create dir --force" + make + other), "another kind"));
  EXPECT_TRUE(contains(refused("create base.fvecs" + make + GetParam()), "it is a file"));
  EXPECT_TRUE(contains(refused("convert dir dir --store " + other), "there already"));
  EXPECT_EQ(digest("dir"), before);
  std::filesystem::create_directory(path("full"));
  write("full/letter", "x");
  EXPECT_TRUE(contains(refused("create full" + make + GetParam()), "other files"));
  create("full", "base.fvecs", "--force");
  EXPECT_TRUE(std::filesystem::exists(path("full/letter")));
  std::filesystem::create_directory(path("empty"));
  create("empty", "base.fvecs");
}

TEST_P(IndexRefusals, BadVectorsChangeNothing) {
  write_fvecs("base.fvecs", 0, 20);
  create("dir", "base.fvecs");
  const std::string before = digest("dir");
  const auto refuse = [&](const std::string& line, const std::string& words) {
    write("lines", json_line(100, 1) + line + "\n");
    EXPECT_TRUE(contains(refused("add dir --vectors - < lines"), words)) << line;
    EXPECT_TRUE(
        contains(refused("create new --store lmdb --metric euclidean --vectors - < lines"), words))
        << line;
    EXPECT_FALSE(std::filesystem::exists(path("new")));
  };
  refuse("{", "line 2: it is not a JSON object");
  refuse("[1]", "line 2: it is not a JSON object");
  refuse(R"({"vector":[1,2,3,4,5,6,7,8]})", "line 2: `id` must be");
  refuse(R"({"id":-1,"vector":[1,2,3,4,5,6,7,8]})", "`id` must be");
  refuse(R"({"id":1.5,"vector":[1,2,3,4,5,6,7,8]})", "`id` must be");
  refuse(R"({"id":18446744073709551615,"vector":[1,2,3,4,5,6,7,8]})", "`id` must be");
  refuse(R"({"id":1})", "`vector` must be");
  refuse(R"({"id":1,"vector":[]})", "`vector` must be");
  refuse(R"({"id":1,"vector":[1,2]})", "line 2: the vector has 2 components, the first one has 8");
  refuse(R"({"id":1,"vector":[1,2,3,"x",5,6,7,8]})", "component 3 is \"x\"");
  refuse(R"({"id":1,"vector":[1,2,3,1e39,5,6,7,8]})", "component 3");
  refuse(R"({"id":1,"vector":[1e38,1e38,3,4,5,6,7,8]})", "item 1");
  EXPECT_TRUE(contains(refused("add dir --first-id 3 --vectors - < lines"), "--first-id"));
  write("short.jsonl", R"({"id":1,"vector":[1,2]})");
  EXPECT_TRUE(contains(refused("add dir --vectors short.jsonl"), "another dimension"));
  EXPECT_TRUE(contains(refused("search dir --queries short.jsonl"), "another dimension"));
  EXPECT_TRUE(contains(refused("stats dir --name other"), "it has: main"));
  EXPECT_TRUE(contains(refused("verify dir --name other"), "it has: main"));
  EXPECT_TRUE(contains(refused("rebuild dir --metric hamming"), "another size"));
  EXPECT_TRUE(contains(refused("rebuild dir --selection hnws"), "did you mean `hnsw`?"));
  EXPECT_TRUE(contains(refused("consolidate dir --repair tombstone"), "keeps deleted items"));
  EXPECT_TRUE(contains(refused("search dir --queries base.fvecs --view frozne"), "frozen"));
  EXPECT_EQ(digest("dir"), before);
}

TEST_P(IndexRefusals, AnotherMetricThanTheFileDeclares) {
  const std::string file =
      std::string(SKERRY_SOURCE_DIR) + "/experiments/data/sift-small-128-euclidean.hdf5";
  EXPECT_TRUE(
      contains(refused("create dir --metric cosine --vectors " + file + " --store " + GetParam()),
               "expected: euclidean, found: cosine"));
}

TEST_P(IndexRefusals, WhileAnotherProcessWrites) {
  write_fvecs("base.fvecs", 0, 20);
  create("dir", "base.fvecs");
  const std::string before = digest("dir");
  const std::unique_ptr<kv::Store> store = kv::open_store(GetParam(), {.path = path("dir")});
  const kv::TableId table = store->table("other");
  const std::unique_ptr<kv::Transaction> transaction = store->begin();
  ASSERT_EQ(transaction->put(table, as_bytes("key"), as_bytes("value")), Code::ok);
  // Readers go on.
  EXPECT_EQ(digest("dir"), before);
  EXPECT_TRUE(contains(done("search dir --queries base.fvecs -k 1"), "19\t1\t19\t0"));
  EXPECT_TRUE(contains(done("export dir --vectors out.fvecs"), "20 vectors"));
  refused("compact dir", 5);
  if (std::string(GetParam()) == "rocksdb") {
    EXPECT_TRUE(contains(refused("add dir --vectors base.fvecs", 5), "lock"));
    refused("delete dir --ids 1", 5);
  }
  transaction->abort();
  EXPECT_EQ(digest("dir"), before);
}

INSTANTIATE_TEST_SUITE_P(Stores, IndexRefusals, testing::Values("lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::experiments
