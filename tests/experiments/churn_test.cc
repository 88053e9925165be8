#include "experiments/churn.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "experiments/plan.h"
#include "experiments/record_set.h"
#include "graph/writer.h"
#include "kv/open_store.h"
#include "tests/experiments/config_file.h"
#include "tests/experiments/program.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;
using support::expect_error;

TEST(ChurnSequence, EndsWithTheItemsWhateverTheSeed) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const ChurnSequence sequence(100, 60, 7, 25, seed);
    std::set<ItemId> present(sequence.start().begin(), sequence.start().end());
    ASSERT_EQ(present.size(), 100);
    for (const ChurnSequence::Round& round : sequence.rounds()) {
      ASSERT_EQ(round.erased.size(), 7);
      ASSERT_EQ(round.added.size(), 7);
      for (const ItemId id : round.erased) EXPECT_EQ(present.erase(id), 1);
      for (const ItemId id : round.added) {
        EXPECT_LT(id, 160);
        EXPECT_TRUE(present.insert(id).second);
      }
    }
    ASSERT_EQ(present.size(), 100);
    EXPECT_EQ(*present.rbegin(), 99);
  }
}

TEST(ChurnSequence, TakesWhatWasNeverInBeforeWhatWasDeleted) {
  const ChurnSequence sequence(100, 60, 20, 4, 1);
  std::set<ItemId> seen(sequence.start().begin(), sequence.start().end());
  for (std::size_t round = 0; round < 3; ++round) {
    for (const ItemId id : sequence.rounds()[round].added) {
      EXPECT_TRUE(seen.insert(id).second) << "round " << round;
    }
  }
  // All are known by now: those deleted in the first round come back.
  std::vector<ItemId> first = sequence.rounds()[0].erased;
  std::vector<ItemId> last = sequence.rounds()[3].added;
  std::sort(first.begin(), first.end());
  std::sort(last.begin(), last.end());
  EXPECT_EQ(first, last);
}

TEST(ChurnSequence, AllItemsMayBeReplacedInARound) {
  const ChurnSequence sequence(10, 10, 10, 3, 1);
  std::vector<ItemId> last = sequence.rounds().back().added;
  std::sort(last.begin(), last.end());
  EXPECT_EQ(last, (std::vector<ItemId>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(ChurnVia, HasDefaultsAndRefusesWhatMeansNothing) {
  const ChurnVia churn = ChurnVia::parse("churn").value();
  EXPECT_EQ(churn.rounds, 20);
  EXPECT_EQ(churn.share, 0.05);
  EXPECT_EQ(churn.repair, "fresh_diskann");
  EXPECT_EQ(ChurnVia::parse("churn(repair=fresh_diskann(alpha=1))")->repair,
            "fresh_diskann(alpha=1)");
  EXPECT_EQ(churn.of_round(1000), 50);
  EXPECT_EQ(churn.of_round(3), 1);
  EXPECT_FALSE(ChurnVia::parse("bulk"));
  expect_error(Code::invalid_argument, {"churm", "churn"}, [] { check_via("churm"); });
  expect_error(Code::invalid_argument, {"mend"}, [] { check_via("churn(repair=mend)"); });
  expect_error(Code::invalid_argument, {"share"}, [] { check_via("churn(share=0)"); });
  expect_error(Code::invalid_argument, {"share"}, [] { check_via("churn(share=1.5)"); });
  expect_error(Code::invalid_argument, {"rounds"}, [] { check_via("churn(rounds=0)"); });
  expect_error(Code::invalid_argument, {"guess"}, [] { check_via("churn(in_links=guess)"); });
  check_via("transactions(10)");
}

Plan plan_of(const std::string& dataset, const std::string& build) {
  const ConfigFile file("[dataset]\n" + dataset + "\n[build]\nmetric = \"euclidean\"\n" + build);
  return make_plan(read_config(file.path(), {}));
}

TEST(ChurnPlan, NeedsVectorsToHoldBack) {
  const std::string spec = "spec = \"uniform(n=100, d=8, queries=10)\"\n";
  EXPECT_EQ(plan_of(spec + "limit = 95", "via = \"churn\"").points, 1);
  expect_error(Code::invalid_argument, {"`limit`", "96 of 100", "9 more"},
               [&] { plan_of(spec + "limit = 96\n", "via = \"churn(share=0.1)\""); });
  expect_error(Code::invalid_argument, {"`limit`", "100 of 100"},
               [&] { plan_of(spec, "via = \"churn\""); });
}

TEST(ChurnPlan, RefusesAnIndexThatCannotBeUpdated) {
  const std::string dataset = "spec = \"uniform(n=100, d=8, queries=10)\"\nlimit = 50";
  expect_error(Code::unsupported, {"insertion", "given"},
               [&] { plan_of(dataset, "via = \"churn\"\ninsertion = \"given\""); });
  expect_error(Code::unsupported, {"together"},
               [&] { plan_of(dataset, "via = \"churn\"\nlayout = \"together\""); });
}

/// The records of a run of a config over these ways and stores.
std::vector<ordered_json> run(const std::filesystem::path& directory, const std::string& stores,
                              const std::string& vias, std::string* out = nullptr) {
  const ConfigFile file(
      "[dataset]\nspec = \"clustered(n=1200, d=16, clusters=20, queries=50)\"\nlimit = 600\n"
      "[build]\nmetric = \"euclidean\"\nM = 8\nstore = " +
      stores + "\nvia = " + vias + "\n[search]\nef = [10, 64]\nrepetitions = 1\n");
  const ProgramRun done = skerry("run " + file.path().string() + " --no-noise --no-cache -o " +
                                 (directory / "results").string());
  EXPECT_EQ(done.exit_code, 0) << done.error;
  if (out != nullptr) *out = done.out + done.error;
  return read_records(directory / "results").records;
}

TEST(ChurnRun, TellsOfEveryRoundAndMeasuresTheLastLikeAnyIndex) {
  const support::TempDir directory;
  const std::vector<ordered_json> records =
      run(directory.path(), "\"memory\"", "[\"bulk\", \"churn(rounds=4, share=0.1)\"]");
  ASSERT_EQ(records.size(), 4);
  const ordered_json& bulk = records[1];
  const ordered_json& churned = records[3];
  EXPECT_FALSE(bulk.contains("churn"));
  EXPECT_EQ(churned.at("dataset"), bulk.at("dataset"));
  EXPECT_NE(churned.at("graph_digest"), bulk.at("graph_digest"));
  const ordered_json& churn = churned.at("churn");
  EXPECT_EQ(churn.at("held_back"), 600);
  EXPECT_EQ(churn.at("replaced"), 60);
  ASSERT_EQ(churn.at("rounds").size(), 5);
  EXPECT_EQ(churn.at("searches").size(), 2);
  const ordered_json& last = churn.at("rounds").back();
  EXPECT_EQ(last.at("round"), 4);
  // The same index, seen by the rounds and by what measures every index.
  EXPECT_NEAR(last.at("recall").at(1).get<double>(), churned.at("recall").at("tie").get<double>(),
              1e-9);
  EXPECT_EQ(last.at("link_bytes"), churned.at("links").at("logical_bytes"));
  EXPECT_EQ(last.at("unreachable"), churned.at("graph").at("unreachable_base"));
  EXPECT_GT(churned.at("recall").at("strict").get<double>(), 0.9);
  EXPECT_EQ(churned.at("build").at("layout_seconds"), churn.at("seconds"));
}

TEST(ChurnRun, IsTheSameOnEveryStoreAndWithEveryNumberOfThreads) {
  const support::TempDir directory;
  std::string stores;
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    stores += (stores.empty() ? "[\"" : ", \"") + std::string(kind.name) + "\"";
  }
  const std::vector<ordered_json> records =
      run(directory.path(), stores + "]\nthreads = [1, 2]",
          "\"churn(rounds=3, share=0.1, in_links=reverse)\"\nconnectivity = \"parent\"");
  ASSERT_EQ(records.size(), kv::store_kinds().size() * 4);
  for (const ordered_json& record : records) {
    EXPECT_EQ(record.at("graph_digest"), records[0].at("graph_digest"));
    EXPECT_EQ(record.at("churn").at("rounds").back().at("records"),
              records[0].at("churn").at("rounds").back().at("records"));
  }
}

TEST(ChurnRun, EveryRepairKeepsTheItemsAndAStoppedRunGoesOn) {
  const support::TempDir directory;
  const std::string first = "\"churn(rounds=2, repair=drop)\"";
  ASSERT_EQ(run(directory.path(), "\"lmdb\"", "[" + first + "]").size(), 2);
  std::string out;
  const std::vector<ordered_json> records =
      run(directory.path(), "\"lmdb\"",
          "[" + first +
              ", \"churn(rounds=2, repair=reconnect)\", \"churn(rounds=2, repair=tombstone)\"]\n"
              "connectivity = [\"none\", \"bfs_repair\"]",
          &out);
  ASSERT_EQ(records.size(), 12);
  EXPECT_EQ(out.find("must be equal"), std::string::npos) << out;
  for (const ordered_json& record : records) {
    EXPECT_EQ(record.at("recall").at("returned_lt_k"), 0);
    if (record.at("config").at("connectivity") == "none") continue;
    EXPECT_EQ(record.at("graph").at("unreachable_base"), 0);
  }
}

}  // namespace
}  // namespace skerry::experiments
