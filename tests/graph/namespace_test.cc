// A thousand small indexes in one store, by prefixes (kv/prefix_store.h).

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>

#include "base/random.h"
#include "graph/digest.h"
#include "graph/reader.h"
#include "kv/open_store.h"
#include "kv/prefix_store.h"
#include "tests/graph/small_index.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::graph {
namespace {

std::vector<std::string> kinds(bool only_persistent) {
  std::vector<std::string> names;
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    if (kind.persistent || !only_persistent) names.emplace_back(kind.name);
  }
  return names;
}

/// Of the graph as the store gives it back, and of the meta record, which must agree.
std::string digest_of(kv::Store& store, std::size_t number) {
  const StoredIndex index(store, small_name(number));
  EXPECT_EQ(graph_digest(index.load_graph(), index.ids().load()), index.meta().digest);
  return index.meta().digest;
}

/// The digest of index `number` in a store of its own, after `steps` changes.
std::string digest_alone(std::size_t number, ItemId steps) {
  const auto store = kv::open_store("memory", {});
  make_small(*store, number, kv::Durability::none);
  for (ItemId step = 0; step < steps; ++step) {
    change_small(*store, number, step, kv::Durability::none);
  }
  return digest_of(*store, number);
}

/// Each of some items is the nearest to its own vector.
void expect_found(kv::Store& store, std::size_t number, ItemId first, ItemId last) {
  const Reader reader(store, small_name(number), "direct");
  const auto searcher = reader.searcher();
  std::vector<Hit> hits;
  for (ItemId id = first; id < last; ++id) {
    const std::vector<float> query = small_vector(number, id);
    searcher->search(std::as_bytes(std::span(query)), {.k = 3, .ef = 30}, hits);
    ASSERT_EQ(hits.size(), 3U);
    EXPECT_EQ(hits[0].id, id) << small_name(number);
    EXPECT_EQ(hits[0].distance, 0);
  }
}

class Namespace : public testing::TestWithParam<std::string> {
 protected:
  void open() { open(GetParam()); }

  void open(const std::string& spec) {
    store_.reset();
    store_ =
        kv::with_prefixes(kv::open_store(spec, {.path = dir_.path() / "store", .create = true}));
  }

  support::TempDir dir_;
  std::unique_ptr<kv::PrefixStore> store_;
};

INSTANTIATE_TEST_SUITE_P(AllStores, Namespace, testing::ValuesIn(kinds(false)),
                         [](const auto& info) { return info.param; });

TEST_P(Namespace, AThousandIndexesLiveInOneStoreAsEachWouldAlone) {
  constexpr std::size_t count = 1000;
  // Some ten thousand commits: what they are worth when the power fails is not asked here.
  const std::string spec = GetParam() == "lmdb" ? "lmdb(sync=none)" : GetParam();
  open(spec);
  for (std::size_t i = 0; i < count; ++i) make_small(*store_, i, kv::Durability::process);
  EXPECT_EQ(list_indexes(*store_).size(), count);
  std::map<std::size_t, ItemId> steps;
  for (std::size_t i = 0; i < count; i += 7) {
    steps[i] = 1 + i % 3;
    for (ItemId step = 0; step < steps[i]; ++step) {
      change_small(*store_, i, step, kv::Durability::process);
    }
  }
  std::set<std::size_t> dropped;
  for (std::size_t i = 0; i < count; i += 10) {
    store_->drop(small_name(i));
    dropped.insert(i);
  }
  // Some come again, and get prefixes that others had.
  for (std::size_t i = 0; i < count; i += 50) {
    if (store_->traits().persistent && i == 0) open(spec);
    make_small(*store_, i, kv::Durability::process);
    dropped.erase(i);
    steps.erase(i);
  }
  if (store_->traits().persistent) open(spec);
  EXPECT_EQ(list_indexes(*store_).size(), count - dropped.size());
  for (std::size_t i = 0; i < count; ++i) {
    SCOPED_TRACE(small_name(i));
    if (dropped.contains(i)) {
      EXPECT_FALSE(store_->has_table(small_name(i) + ".meta"));
      continue;
    }
    const auto changed = steps.find(i);
    const ItemId step = changed == steps.end() ? 0 : changed->second;
    ASSERT_EQ(digest_of(*store_, i), digest_alone(i, step));
    expect_found(*store_, i, 5, small_items + step);
  }
  support::expect_error(Code::not_found, {"index10", "index11", "and 900 more"},
                        [&] { StoredIndex(*store_, "index10"); });
}

TEST_P(Namespace, AWriterOfADroppedIndexIsToldSoAndHarmsNoOther) {
  open();
  make_small(*store_, 1, kv::Durability::process);
  Writer writer(*store_, small_name(1));
  add_small(writer, 1, 500);
  store_->drop(small_name(1));
  make_small(*store_, 2, kv::Durability::process);
  const std::string digest = digest_of(*store_, 2);
  support::expect_error(Code::not_found, {}, [&] { writer.build(); });
  EXPECT_EQ(digest_of(*store_, 2), digest);
  expect_found(*store_, 2, 0, small_items);
}

TEST_P(Namespace, AReaderKeepsAnIndexThatIsDroppedMeanwhile) {
  open();
  make_small(*store_, 1, kv::Durability::process);
  const Reader reader(*store_, small_name(1), "direct");
  store_->drop(small_name(1));
  const auto searcher = reader.searcher();
  const std::vector<float> query = small_vector(1, 4);
  std::vector<Hit> hits;
  searcher->search(std::as_bytes(std::span(query)), {.k = 1}, hits);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].id, 4U);
}

class NamespaceKill : public Namespace {};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(NamespaceKill);

INSTANTIATE_TEST_SUITE_P(AllStores, NamespaceKill, testing::ValuesIn(kinds(true)),
                         [](const auto& info) { return info.param; });

TEST_P(NamespaceKill, AKillInTheMiddleOfCommitsLeavesAllOtherIndexesIntact) {
  constexpr std::size_t count = 12;
  open();
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < count; ++i) {
    make_small(*store_, i, kv::Durability::process);
    digests.push_back(digest_of(*store_, i));
  }
  store_.reset();
  const std::string path = (dir_.path() / "store").string();
  const std::string last = std::to_string(count);
  Random random(5);
  for (int kill = 0; kill < 8; ++kill) {
    SCOPED_TRACE("seed 5, kill " + std::to_string(kill));
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(SKERRY_SMALL_INDEX_WRITER, "small_index_writer", GetParam().c_str(), path.c_str(),
              last.c_str(), nullptr);
      ::_exit(127);
    }
    ASSERT_GT(child, 0);
    ::close(ends[1]);
    // The child runs on while this counts, so that the kill falls anywhere in a commit.
    char dot = 0;
    bool heard = true;
    for (std::uint64_t left = 1 + random.below(60); heard && left > 0; --left) {
      heard = ::read(ends[0], &dot, 1) == 1;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[0]);
    ASSERT_TRUE(heard) << "the writer ended by itself";
    open();
    store_->verify();
    ASSERT_EQ(list_indexes(*store_).size(), count);
    for (std::size_t i = 0; i + 1 < count; ++i) {
      ASSERT_EQ(digest_of(*store_, i), digests[i]) << small_name(i);
    }
    // The one that was being written is at one of its commits: digest_of() holds it to its graph.
    digest_of(*store_, count - 1);
    EXPECT_EQ(StoredIndex(*store_, small_name(count - 1)).meta().items, small_items);
    store_.reset();
  }
  open();
  EXPECT_NE(digest_of(*store_, count - 1), digests[count - 1]) << "nothing was ever committed";
}

}  // namespace
}  // namespace skerry::graph
