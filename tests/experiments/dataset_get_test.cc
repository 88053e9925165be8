#include "experiments/dataset_get.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "experiments/sha256.h"
#include "tests/experiments/program.h"
#include "tests/support/expect_error.h"
#include "tests/support/http_server.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/tar_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;
using support::HttpAnswer;
using support::HttpServer;

class DatasetGet : public testing::Test {
 protected:
  DatasetGet()
      : server_([this](const std::string& request) {
          const std::string path = request.substr(5, request.find(' ', 5) - 5);
          const auto file = files_.find(path);
          if (file == files_.end()) return HttpAnswer{"HTTP/1.1 404 No\r\nContent-Length: 0"};
          return HttpAnswer{"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: " +
                                std::to_string(file->second.size()),
                            file->second};
        }) {
    ::setenv("no_proxy", "127.0.0.1", 1);
  }

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  GetOptions options() const { return {.directory = path("sets")}; }

  /// All that is left in the folder of data sets.
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::recursive_directory_iterator(path("sets"))) {
      if (each.is_regular_file()) names.push_back(each.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  using Names = std::vector<std::string>;

  support::TempDir folder_;
  std::map<std::string, std::string> files_;
  HttpServer server_;
  const std::string vectors_ = support::bin_bytes(2, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
};

TEST_F(DatasetGet, AUrlBecomesAFile) {
  files_["x.fbin"] = vectors_;
  Sha256 hash;
  hash.update(as_bytes(vectors_));
  const auto file = get_url(server_.url("x.fbin"), hash.hex(), vectors_.size(), options());
  EXPECT_EQ(file, path("sets/x.fbin"));
  EXPECT_EQ(support::read_file(file), vectors_);
  EXPECT_EQ(left(), Names{"x.fbin"});
  expect_error(Code::invalid_argument, {"there already", "x.fbin"},
               [&] { get_url(server_.url("x.fbin"), "", 0, options()); });
}

TEST_F(DatasetGet, WhatIsRefusedLeavesNothing) {
  files_["x.fbin"] = vectors_;
  files_["short.fbin"] = vectors_.substr(0, 20);
  files_["npy.hdf5"] = support::npy_bytes("<f4", 1, std::vector<float>{1});
  files_["page.hdf5"] = "<html>not found, but politely</html>";
  const auto refused = [&](Code code, const std::string& name, const std::string& hash,
                           std::initializer_list<std::string_view> words) {
    expect_error(code, words, [&] { get_url(server_.url(name), hash, 0, options()); });
    EXPECT_EQ(left(), Names{}) << name;
  };
  const std::string wrong(64, 'a');
  refused(Code::mismatch, "x.fbin", wrong, {"x.fbin", "SHA-256", wrong});
  refused(Code::corrupt, "short.fbin", "", {"short.fbin", "refused"});
  refused(Code::corrupt, "page.hdf5", "", {"page.hdf5", "refused"});
  refused(Code::corrupt, "npy.hdf5", "", {"another format", "found: npy"});
  refused(Code::not_found, "none.fbin", "", {"none.fbin", "404"});
  expect_error(Code::invalid_argument, {"unknown extension", "x.zip"},
               [&] { get_url(server_.url("x.zip"), "", 0, options()); });
}

TEST_F(DatasetGet, ASetOfSeveralFilesIsCompleteOrGoneOnWith) {
  const std::string base = server_.url("base.fbin");
  const std::string queries = server_.url("queries.fbin");
  const std::string truth = server_.url("gt");
  const CatalogueEntry entry{.name = "mine",
                             .metric = "euclidean",
                             .n = 4,
                             .d = 2,
                             .queries = 1,
                             .format = "fbin",
                             .train = {base, 8 + 32},
                             .test = {queries},
                             .truth = {truth}};
  files_["queries.fbin"] = support::bin_bytes(2, std::vector<float>{1, 1});
  files_["gt"] = support::bin_bytes(2, std::vector<std::int32_t>{0, 1});
  expect_error(Code::not_found, {"base.fbin"}, [&] { get_dataset(entry, options()); });
  EXPECT_EQ(left(), (Names{"queries.fbin", "truth.ibin"}));
  files_["base.fbin"] = vectors_;
  const DatasetRequest files = get_dataset(entry, options());
  EXPECT_EQ(left(), (Names{"base.fbin", "queries.fbin", "truth.ibin"}));
  EXPECT_EQ(load_dataset(files, distance::metric("euclidean")).truth->depth, 2U);
  const std::size_t requests = server_.requests().size();
  EXPECT_EQ(requests, 4U);
  get_dataset(entry, options());
  EXPECT_EQ(server_.requests().size(), requests);
}

TEST_F(DatasetGet, AFileOfAnotherShapeThanTheCatalogueSaysIsRefused) {
  const std::string url = server_.url("base.fbin");
  files_["base.fbin"] = vectors_;
  for (const auto& [n, d] : {std::pair(5U, 2U), std::pair(4U, 3U)}) {
    const CatalogueEntry entry{
        .name = "mine", .metric = "euclidean", .n = n, .d = d, .format = "fbin", .train = {url}};
    expect_error(Code::mismatch, {"mine.fbin", "4 x 2"}, [&] { get_dataset(entry, options()); });
    EXPECT_EQ(left(), Names{});
  }
}

TEST_F(DatasetGet, ABeginningOfAFileCountsItsOwnRows) {
  const std::string url = server_.url("base.1B.fbin");
  files_["base.1B.fbin"] = vectors_;
  CatalogueEntry entry{.name = "mine",
                       .metric = "euclidean",
                       .n = 3,
                       .d = 2,
                       .format = "fbin",
                       .train = {url, 0, 3}};
  get_dataset(entry, options());
  EXPECT_EQ(support::read_file(path("sets/mine.fbin")),
            support::bin_bytes(2, std::vector<float>{1, 2, 3, 4, 5, 6}));
  entry.name = "wider";
  entry.d = 1;
  expect_error(Code::mismatch, {"at least 3 x 1", "4 x 2"}, [&] { get_dataset(entry, options()); });
  EXPECT_EQ(left(), Names{"mine.fbin"});
}

TEST_F(DatasetGet, AnArchiveIsUnpackedAndThenGone) {
  const std::string archive = server_.url("sift.tar");
  const CatalogueEntry entry{.name = "mine",
                             .metric = "euclidean",
                             .n = 2,
                             .d = 2,
                             .queries = 1,
                             .format = "fvecs",
                             .train = {"b.fvecs"},
                             .test = {"q.fvecs"},
                             .truth = {"t.ivecs"},
                             .archive = archive};
  const std::string most =
      support::tar_member("s/b.fvecs", support::vecs_bytes(2, std::vector<float>{1, 2, 3, 4})) +
      support::tar_member("s/q.fvecs", support::vecs_bytes(2, std::vector<float>{1, 2}));
  files_["sift.tar"] = most + support::tar_end();
  expect_error(Code::corrupt, {"`t.ivecs`"}, [&] { get_dataset(entry, options()); });
  EXPECT_EQ(left(), Names{});
  files_["sift.tar"] =
      most +
      support::tar_member("s/t.ivecs", support::vecs_bytes(1, std::vector<std::int32_t>{0})) +
      support::tar_end();
  EXPECT_TRUE(load_dataset(get_dataset(entry, options()), distance::metric("euclidean")).truth);
  EXPECT_EQ(left(), (Names{"base.fvecs", "queries.fvecs", "truth.ivecs"}));
}

TEST_F(DatasetGet, TheProgramPutsAFileWhereItIsToldAndSaysItsHash) {
  files_["x.fbin"] = vectors_;
  const ProgramRun run =
      skerry("dataset get " + server_.url("x.fbin") + " --dir " + path("sets").string());
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.error.find("SHA-256 "), std::string::npos) << run.error;
  EXPECT_EQ(support::read_file(path("sets/x.fbin")), vectors_);
}

TEST_F(DatasetGet, AFailedDownloadIsExitCodeOneAndAMistakeIsTwo) {
  const std::string folder = " --dir " + path("sets").string();
  const auto exits = [&](int code, const std::string& arguments, const std::string& word) {
    const ProgramRun run = skerry("dataset get " + arguments + folder);
    EXPECT_EQ(run.exit_code, code) << arguments << run.error;
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
    EXPECT_NE(run.error.find(word), std::string::npos) << run.error;
  };
  exits(1, server_.url("none.fbin"), "404");
  exits(1, "http://skerry.invalid/x.fbin", "no connection");
  exits(2, "sift-128-euclidian", "did you mean");
  exits(2, "gopher://h/x.fbin", "scheme");
  exits(2, server_.url("x.fbin") + " --sha256 xyz", "64 hex digits");
  exits(2, "sift-1m --bytes 7", "--bytes");
  exits(2, "hn-posts-512", "raw f32 rows");
}

TEST_F(DatasetGet, AFullDiskIsNamedAndKeepsNoFileUnderTheFinalName) {
  files_["x.fbin"] = support::bin_bytes(2, std::vector<float>(100'000, 1));
  const ProgramRun run =
      skerry("dataset get " + server_.url("x.fbin") + " --dir " + path("sets").string(),
             "trap '' XFSZ; ulimit -f 100");
  EXPECT_EQ(run.exit_code, 1) << run.error;
  EXPECT_TRUE(is_one_error(run.error)) << run.error;
  EXPECT_NE(run.error.find("cannot be written"), std::string::npos) << run.error;
  EXPECT_FALSE(std::filesystem::exists(path("sets/x.fbin")));
}

TEST_F(DatasetGet, TheListSaysWhatIsHere) {
  const ProgramRun run =
      skerry("dataset list --json", "export SKERRY_DATASETS=" + path("sets").string());
  ASSERT_EQ(run.exit_code, 0) << run.error;
  const auto objects = nlohmann::json::parse(run.out);
  EXPECT_EQ(objects.size(), catalogue().size());
  EXPECT_EQ(objects.at(0).at("name"), "sift-small-128-euclidean");
  const auto find = [&](const std::string& name) {
    for (const auto& object : objects) {
      if (object.at("name") == name) return object;
    }
    return nlohmann::json();
  };
  EXPECT_EQ(find("sift-128-euclidean").at("here"), false);
  EXPECT_EQ(find("gist-1m").at("megabytes"), nullptr);
  const ProgramRun text = skerry("dataset list");
  EXPECT_NE(text.out.find("glove-100-angular"), std::string::npos) << text.out;
}

}  // namespace
}  // namespace skerry::experiments
