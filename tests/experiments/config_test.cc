#include "experiments/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/error.h"
#include "tests/experiments/config_file.h"
#include "tests/support/expect_error.h"

namespace skerry::experiments {
namespace {

constexpr const char* minimal =
    "[dataset]\nspec = \"uniform(n=100, d=4)\"\n[build]\nmetric = \"euclidean\"\n";

std::string failure(const std::string& text, const std::vector<std::string>& settings = {}) {
  const ConfigFile file(text);
  try {
    read_config(file.path(), settings);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument) << error.what();
    std::string what = error.what();
    const std::size_t at = what.find(file.path().string());
    if (at != std::string::npos) what.replace(at, file.path().string().size(), "FILE");
    return what;
  }
  return "accepted";
}

Config read(const std::string& text, const std::vector<std::string>& settings = {}) {
  const ConfigFile file(text);
  return read_config(file.path(), settings);
}

std::vector<Value> values(const Axes& axes, std::string_view column) {
  return axes[key_at(column)].values;
}

using Numbers = std::vector<Value>;

Value number(std::int64_t n) { return n; }

TEST(Config, EveryKeyThatIsLeftOutHasTheDocumentedDefault) {
  const Config config = read(minimal);
  const std::vector<std::pair<const char*, Value>> defaults = {{"M", number(16)},
                                                               {"M0", "2*M"},
                                                               {"ef_construction", number(100)},
                                                               {"selection", "hnsw"},
                                                               {"overflow", "union"},
                                                               {"forward", "M0"},
                                                               {"levels", "hashed"},
                                                               {"entry", "top"},
                                                               {"schedule", "prefix_doubling"},
                                                               {"store", "memory"},
                                                               {"codec", "delta"},
                                                               {"layout", "apart"},
                                                               {"order", "insertion"},
                                                               {"via", "bulk"},
                                                               {"encoding", "f32"},
                                                               {"graph", "build"},
                                                               {"cache", "warm"},
                                                               {"memory_limit", "none"},
                                                               {"insertion", "shuffled"},
                                                               {"pair_memo", number(0)},
                                                               {"construction", "f32"},
                                                               {"connectivity", "none"},
                                                               {"build_threads", number(1)},
                                                               {"seed", number(1)},
                                                               {"k", number(10)},
                                                               {"ef", number(64)},
                                                               {"view", "frozen"},
                                                               {"traversal", "f32"},
                                                               {"oversample", number(1)},
                                                               {"termination", "ef"},
                                                               {"threads", number(1)},
                                                               {"repetitions", number(3)}};
  EXPECT_EQ(defaults.size() + 1, keys().size());  // all but the metric, which is required
  for (const auto& [column, value] : defaults) {
    EXPECT_EQ(values(config.base, column), std::vector<Value>{value}) << column;
  }
}

TEST(Config, NameComesFromTheFileWhenItIsLeftOut) {
  const ConfigFile file(minimal);
  EXPECT_EQ(read_config(file.path(), {}).name, file.path().stem().string());
  EXPECT_EQ(read(std::string("name = \"other\"\n") + minimal).name, "other");
}

TEST(Config, NameThatWouldLeadOutOfTheResultsFolderIsRefused) {
  for (const char* name : {"../up", "a/b", ".hidden", ""}) {
    EXPECT_NE(
        failure(std::string("name = \"") + name + "\"\n" + minimal).find("FILE:1:1: `name` is"),
        std::string::npos)
        << name;
  }
}

TEST(Config, UnknownKeysNameTheirPlaceAndTheNearestKey) {
  EXPECT_EQ(
      failure(std::string(minimal) + "ef_constuction = 3\n")
          .find(
              "FILE:5:1: unknown key of [build] `ef_constuction`; did you mean `ef_construction`?"),
      0U);
  EXPECT_EQ(failure("[datset]\n").find("FILE:1:2: unknown table `datset`; did you mean `dataset`?"),
            0U);
  EXPECT_EQ(failure("titel = 1\n").find("FILE:1:1: unknown key `titel`"), 0U);
  EXPECT_EQ(failure("[dataset]\npaht = \"x\"\n")
                .find("FILE:2:1: unknown key of [dataset] `paht`; did you mean `path`?"),
            0U);
  EXPECT_EQ(failure(std::string(minimal) + "[[group]]\n[group.dataset]\nlimit = 4\n")
                .find("FILE:6:8: unknown table `dataset`"),
            0U);
  EXPECT_EQ(
      failure(std::string(minimal) + "[group.build]\nM = 4\n").find("FILE:5:2: write `[[group]]`"),
      0U);
}

TEST(Config, WrongTypesAndRangesNameTheirPlaceAndWhatIsRight) {
  const std::string base = minimal;
  EXPECT_EQ(failure(base + "M = 0\n"), "FILE:5:5: `M` is 0; it must be a whole number in 1..4096");
  EXPECT_EQ(failure(base + "M = [8, \"x\"]\n"),
            "FILE:5:9: unknown number key `x`; did you mean `M`? Known: M, M0, ef_construction, "
            "pair_memo, seed, threads");
  EXPECT_EQ(failure(base + "M = 8.0\n"),
            "FILE:5:5: `M` is a real number; it must be a whole number");
  EXPECT_EQ(failure(base + "M = true\n"), "FILE:5:5: `M` is a boolean; it must be a whole number");
  EXPECT_EQ(failure(base + "M = []\n"), "FILE:5:1: `M` is an empty list; it needs a value");
  EXPECT_EQ(failure(base + "M = [[8]]\n"), "FILE:5:6: `M` is a list of lists");
  EXPECT_EQ(
      failure(base + "M0 = \"M+1\"\n"),
      "FILE:5:6: `M0` is \"M+1\"; it must be a whole number, a range such as \"8..64*2\" or a "
      "reference such as \"2*M\"");
  EXPECT_EQ(failure(base + "selection = 3\n"), "FILE:5:13: `selection` is 3; it must be a string");
  EXPECT_EQ(failure(base + "seed = -1\n"),
            "FILE:5:8: `seed` is -1; it must be a whole number of at least 0");
  EXPECT_EQ(failure(base + "[search]\nk = 0\n").find("FILE:6:5: `k` is 0"), 0U);
  EXPECT_EQ(failure(base + "[search]\nef = [16, 0]\n").find("FILE:6:11: `ef` is 0"), 0U);
  EXPECT_EQ(failure(base + "[search]\noversample = 0\n"),
            "FILE:6:14: `oversample` is 0; it must be a whole number in 1..1000000");
  EXPECT_EQ(failure("[dataset]\npath = [\"a\"]\n"), "FILE:2:1: `path` takes one value");
  EXPECT_EQ(failure("[dataset]\nlimit = 0\n"),
            "FILE:2:9: `limit` must be a whole number of at least 1");
  EXPECT_EQ(failure("dataset = 3\n"), "FILE:1:1: `dataset` is a table: write [dataset]");
}

TEST(Config, SyntaxErrorsNameTheirPlace) {
  EXPECT_EQ(failure("[build\nM = 1\n").find("FILE:1:7: "), 0U) << failure("[build\nM = 1\n");
  EXPECT_EQ(failure("[build]\nM = 1\nM = 2\n").find("FILE:3:"), 0U);
}

TEST(Config, WordsThatNameNothingNameTheNearestAndTheRest) {
  const std::string base = minimal;
  EXPECT_EQ(failure(base + "selection = \"hnws\"\n")
                .find("FILE:5:13: unknown selection rule `hnws`; did you mean `hnsw`?"),
            0U);
  EXPECT_EQ(
      failure(base + "selection = \"robust_prune(alpa=1.2)\"\n")
          .find("FILE:5:13: unknown parameter of `robust_prune` `alpa`; did you mean `alpha`?"),
      0U);
  EXPECT_EQ(failure(base + "codec = \"detla\"\n")
                .find("FILE:5:9: unknown link codec `detla`; did you mean `delta`?"),
            0U);
  EXPECT_EQ(failure(base + "store = \"lmbd\"\n")
                .find("FILE:5:9: unknown store `lmbd`; did you mean `lmdb`?"),
            0U);
  EXPECT_EQ(failure(base + "[search]\nview = \"frosen\"\n")
                .find("FILE:6:8: unknown view `frosen`; did you mean `frozen`?"),
            0U);
}

TEST(Config, WhatThisReleaseDoesNotImplementIsRefusedWithWhatThereIs) {
  const std::string base = minimal;
  const std::vector<std::pair<std::string, std::string>> later = {
      {"layout = \"packed\"", "Known: apart"},
      {"order = \"hilbert\"", "Known: insertion"},
      {"via = \"stream\"", "Known: bulk"},
      {"encoding = \"pq\"", "Known: f32, f16, i8, i4, rabitq, bits"},
      {"connectivity = \"repair\"", "Known: none, parent, bfs_repair"},
      {"entry = \"random\"", "Known: top"},
      {"[search]\ntermination = \"patience\"", "Known: ef"},
      {"[search]\ntraversal = \"pq\"", "Known: f32, f16, i8, i4, rabitq, scan"}};
  for (const auto& [line, known] : later) {
    EXPECT_NE(failure(base + line + "\n").find(known), std::string::npos) << line;
  }
  EXPECT_EQ(failure("[dataset]\nname = \"sift-2m\"\n")
                .find("FILE:2:1: unknown data set `sift-2m`; did you mean `sift-1m`?"),
            0U);
  EXPECT_EQ(failure("[dataset]\nname = \"sift-1m\"\nspec = \"uniform(9, 2)\"\n"),
            "FILE:1:2: [dataset] has a `name`; files and a `spec` do not go with it");
}

TEST(Config, DatasetAndMetricAreRequired) {
  EXPECT_EQ(failure("[build]\nmetric = \"cosine\"\n"),
            "FILE: [dataset] needs a `path`, a `spec` or a `name`");
  EXPECT_EQ(failure("[dataset]\nspec = \"uniform(n=9, d=2)\"\n"), "FILE: [build] needs `metric`");
  EXPECT_EQ(failure("[dataset]\nspec = \"x\"\npath = \"y\"\n"),
            "FILE:1:2: [dataset] names both files and a `spec`");
}

TEST(Config, MissingFileIsNotFound) {
  try {
    read_config("/nonexistent/config.toml", {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_found);
  }
}

TEST(Config, ADirectoryIsNoConfigAndIsSaidToBeOne) {
  const support::TempDir folder;
  support::expect_error(Code::invalid_argument,
                        {"a directory is no config", folder.path().string()},
                        [&] { read_config(folder.path(), {}); });
}

TEST(Config, ValueGivenTwiceInAListCountsOnce) {
  EXPECT_EQ(values(read(std::string(minimal) + "M = [8, 16, 8]\n").base, "M"),
            (Numbers{number(8), number(16)}));
}

TEST(Config, SettingsReplaceTheBaseAndGroupsThatDoNotNameTheKey) {
  const std::string text =
      std::string(minimal) +
      "M = 4\n[[group]]\n[group.build]\ncodec = \"u32\"\n[[group]]\n[group.build]\nM = 5\n";
  const Config config = read(text, {"build.M=8,16"});
  EXPECT_EQ(values(config.base, "M"), (Numbers{number(8), number(16)}));
  EXPECT_EQ(values(config.groups[0], "M"), (Numbers{number(8), number(16)}));
  EXPECT_EQ(values(config.groups[1], "M"), (Numbers{number(5)}));
}

TEST(Config, SettingsAreTomlValuesWithBareWordsAsStrings) {
  const std::string base = minimal;
  EXPECT_EQ(values(read(base, {"search.ef=[16, 32]"}).base, "ef"),
            (Numbers{number(16), number(32)}));
  EXPECT_EQ(values(read(base, {"search.ef=[16,32],64"}).base, "ef"),
            (Numbers{number(16), number(32), number(64)}));
  EXPECT_EQ(values(read(base, {"build.selection=hnsw,robust_prune(alpha=1.2, passes=2)"}).base,
                   "selection"),
            (Numbers{Value("hnsw"), Value("robust_prune(alpha=1.2, passes=2)")}));
  EXPECT_EQ(values(read(base, {"build.selection=\"hnsw\",'closest'"}).base, "selection"),
            (Numbers{Value("hnsw"), Value("closest")}));
  EXPECT_EQ(values(read(base, {"build.M0=2*M,40"}).base, "M0"),
            (Numbers{Value("2*M"), number(40)}));
  EXPECT_EQ(read(base, {"dataset.limit=1000"}).dataset.limit, 1000U);
  EXPECT_EQ(read(base, {"dataset.path=/some/file.hdf5"}).dataset.path, "/some/file.hdf5");
  EXPECT_EQ(read(base, {"dataset.path=/some/file.hdf5"}).dataset.spec, "");
  EXPECT_EQ(read(base, {"dataset.spec=uniform(n=5, d=2)"}).dataset.spec, "uniform(n=5, d=2)");
  EXPECT_EQ(read(base, {"dataset.name=sift-1m"}).dataset.name, "sift-1m");
  EXPECT_EQ(read(base, {"dataset.name=sift-1m"}).dataset.path, "");
  EXPECT_EQ(read(base, {"dataset.name=sift-1m"}).dataset.spec, "");
  EXPECT_EQ(read(base, {"dataset.name=sift-1m", "dataset.spec=uniform(5, 2)"}).dataset.name, "");
}

TEST(Config, SettingsThatMeanNothingAreRefusedWithTheirText) {
  const std::string base = minimal;
  EXPECT_EQ(failure(base, {"build.Mm=8"}).find("--set build.Mm=8: unknown key of [build] `Mm`"),
            0U);
  EXPECT_EQ(failure(base, {"bild.M=8"})
                .find("--set bild.M=8: unknown table `bild`; did you mean `build`?"),
            0U);
  EXPECT_EQ(failure(base, {"build.M="}), "--set build.M=: a value is empty");
  EXPECT_EQ(failure(base, {"build.M=8,,9"}), "--set build.M=8,,9: a value is empty");
  EXPECT_EQ(failure(base, {"M=8"}).find("--set M=8: expected TABLE.KEY=VALUE"), 0U);
  EXPECT_EQ(failure(base, {"build.M"}).find("--set build.M: expected TABLE.KEY=VALUE"), 0U);
  EXPECT_EQ(failure(base, {"build.M=[8"}).find("--set build.M=[8: `[8` is not a value"), 0U);
  EXPECT_EQ(failure(base, {"build.M=x"}),
            "--set build.M=x: unknown number key `x`; did you mean `M`? Known: M, M0, "
            "ef_construction, pair_memo, seed, threads");
  EXPECT_EQ(failure(base, {"build.M=[]"}),
            "--set build.M=[]: `M` is an empty list; it needs a value");
}

TEST(Config, QueriesDrawnFromTheVectorsGoWithAnySource) {
  for (const char* source :
       {"spec = \"uniform(n=500, d=4)\"", "name = \"sift-1m\"", "path = \"x.fbin\""}) {
    const std::string text = std::string("[build]\nmetric = \"euclidean\"\n[dataset]\n");
    for (const bool first : {true, false}) {
      const std::string queries = "queries = \"base(count=9)\"\n";
      const Config config =
          read(text + (first ? queries : "") + source + "\n" + (first ? "" : queries));
      EXPECT_EQ(config.dataset.queries, "base(count=9)") << source;
    }
  }
}

TEST(Config, TheSmokeTableReplacesTheBaseWhenItIsAskedFor) {
  const ConfigFile file(
      "[dataset]\nspec = \"uniform(n=100, d=4)\"\n[build]\nmetric = \"euclidean\"\nM = [8, 16]\n"
      "[[group]]\n[group.build]\nselection = \"closest\"\n"
      "[smoke]\ndataset.spec = \"uniform(n=10, d=4)\"\nbuild.M = 4\n");
  const Config whole = read_config(file.path(), {});
  EXPECT_EQ(whole.dataset.spec, "uniform(n=100, d=4)");
  EXPECT_EQ(values(whole.base, "M").size(), 2U);
  const Config small = read_config(file.path(), {}, true);
  EXPECT_EQ(small.dataset.spec, "uniform(n=10, d=4)");
  EXPECT_EQ(values(small.base, "M"), std::vector<Value>{number(4)});
  EXPECT_EQ(values(small.groups[0], "M"), std::vector<Value>{number(4)});
  EXPECT_EQ(small.name, whole.name + "-smoke");
}

TEST(Config, AMistakeInTheSmokeTableIsFoundInTheWholeRunToo) {
  const std::string base = minimal;
  EXPECT_NE(failure(base + "[smoke]\nbuild.N = 4\n").find("unknown"), std::string::npos);
  EXPECT_NE(failure(base + "[smoke]\nM = 4\n").find("build.M"), std::string::npos);
}

}  // namespace
}  // namespace skerry::experiments
