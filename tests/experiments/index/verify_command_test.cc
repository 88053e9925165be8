// `skerry index verify` on damage: it is named, the exit code is 1, and no signal ends the program.

#include "base/random.h"
#include "graph/layout.h"
#include "graph/stored_index.h"
#include "kv/open_store.h"
#include "tests/experiments/index/index_fixture.h"

namespace skerry::experiments {
namespace {

namespace fs = std::filesystem;

class IndexVerify : public IndexProgram {
 protected:
  void SetUp() override {
    write_fvecs("base.fvecs", 0, 300);
    create("dir", "base.fvecs", "--first-id 4 --in-links reverse");
  }

  void put(const std::string& table, Bytes key, Bytes value) {
    const std::unique_ptr<kv::Store> store = kv::open_store(GetParam(), {.path = path("dir")});
    const kv::TableId id = store->table(table);
    const std::unique_ptr<kv::Transaction> transaction = store->begin();
    ASSERT_EQ(transaction->put(id, key, value), Code::ok);
    transaction->commit(kv::Durability::process);
  }

  std::string damaged(const std::string& more = "") {
    const ProgramRun run = index("verify dir " + more);
    EXPECT_EQ(run.exit_code, 1) << run.out << run.error;
    EXPECT_EQ(run.error, "");
    return run.out;
  }
};

TEST_P(IndexVerify, DamageIsNamedByTableAndKey) {
  put("main.links", graph::LinkKey(0, 17).bytes, as_bytes("\xff\xff\xff\xff\xff\xff\xff"));
  const std::string text = damaged();
  EXPECT_TRUE(contains(text, "damage: main.links 0000000011: ")) << text;
  EXPECT_TRUE(contains(text, " damages\n")) << text;
  const nlohmann::json object = nlohmann::json::parse(damaged("--json"));
  EXPECT_GE(object.at("damages"), 1);
  EXPECT_EQ(object.at("findings")[0].at("table"), "main.links");
  EXPECT_EQ(object.at("findings")[0].at("key"), "0000000011");
}

TEST_P(IndexVerify, AMetaRecordThatCannotBeReadIsDamage) {
  put("main.meta", as_bytes("meta"), as_bytes("{}"));
  EXPECT_TRUE(contains(damaged(), "damage: main.meta meta: "));
  const ProgramRun run = index("list dir");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_TRUE(contains(run.error, "index `main`")) << run.error;
}

TEST_P(IndexVerify, ItemsOutOfReachAreToldOfAndOnlyStrictMinds) {
  {
    // Nothing leads to anything: only the entry point is met.
    const std::unique_ptr<kv::Store> store = kv::open_store(GetParam(), {.path = path("dir")});
    const graph::StoredIndex stored(*store, "main");
    const std::unique_ptr<kv::Transaction> transaction = store->begin();
    const std::unique_ptr<kv::Cursor> cursor = stored.snapshot().cursor(stored.links());
    for (Code code = cursor->seek({}); code == Code::ok; code = cursor->next()) {
      std::vector<std::byte> empty;
      stored.codec().encode({}, load_be32(cursor->key().data() + 1), empty);
      ASSERT_EQ(transaction->put(stored.links(), cursor->key(), empty), Code::ok);
    }
    transaction->commit(kv::Durability::process);
  }
  const std::string text = damaged();
  EXPECT_TRUE(contains(text, "unreachable: main.links: 299 of 300")) << text;

  // In a sound index, too, with so few links that some are out of reach.
  write_fvecs("wide.fvecs", 0, 400);
  done(
      "create poor --metric euclidean --M 1 --M0 1 --ef-construction 1 --vectors wide.fvecs "
      "--store " +
      std::string(GetParam()));
  ASSERT_GT(stats("poor").at("unreachable"), 0);
  const std::string sound = done("verify poor");
  EXPECT_TRUE(contains(sound, "unreachable: ")) << sound;
  EXPECT_TRUE(contains(sound, "poor: sound")) << sound;
  EXPECT_EQ(index("verify poor --strict").exit_code, 1);
}

TEST_P(IndexVerify, AnyBytesInTheFilesEndInAnExitCode) {
  Random random(5);
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path("dir"))) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && entry.file_size() > 0 && name != "lock.mdb" &&
        name.rfind("LOG", 0) != 0) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  int found = 0;
  for (int round = 0; round < 12; ++round) {
    fs::remove_all(path("copy"));
    fs::copy(path("dir"), path("copy"), fs::copy_options::recursive);
    const fs::path file =
        fs::path(path("copy")) / fs::relative(files[random.below(files.size())], path("dir"));
    const std::uintmax_t size = fs::file_size(file);
    if (round % 4 == 3) {
      fs::resize_file(file, random.below(size));
    } else {
      std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
      for (int i = 0; i < 64; ++i) {
        bytes.seekp(static_cast<std::streamoff>(random.below(size)));
        bytes.put(static_cast<char>(random.below(256)));
      }
    }
    const ProgramRun run = index("verify copy");
    EXPECT_LE(run.exit_code, 2) << file << "\n" << run.out << run.error;
    found += run.exit_code == 1;
  }
  EXPECT_GT(found, 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, IndexVerify, testing::Values("lmdb", "rocksdb"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace skerry::experiments
