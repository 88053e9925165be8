#include "experiments/tar_archive.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/expect_error.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/tar_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;
using support::tar_member;

class TarArchive : public testing::Test {
 protected:
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  void write(const std::string& bytes) { support::write_file(path("a.tar"), bytes); }

  void extract(const std::string& member) {
    const std::vector<Member> members{{member, path("out")}};
    extract_members(path("a.tar"), members);
  }

 private:
  support::TempDir folder_;
};

TEST_F(TarArchive, OnlyWhatIsAskedForIsWritten) {
  const std::string large(700'000, 'x');
  write(tar_member("sift/", "", '5') + tar_member("sift/other", "no") +
        tar_member("sift/base.fvecs", large) + tar_member("query.fvecs", "q") + support::tar_end());
  const std::vector<Member> members{{"query.fvecs", path("q")}, {"base.fvecs", path("b")}};
  extract_members(path("a.tar"), members);
  EXPECT_EQ(support::read_file(path("b")), large);
  EXPECT_EQ(support::read_file(path("q")), "q");
  EXPECT_FALSE(std::filesystem::exists(path("other")));
  EXPECT_FALSE(std::filesystem::exists(path("sift")));
}

TEST_F(TarArchive, NamesThatLeadElsewhereWriteNothingElsewhere) {
  write(tar_member("../../escape", "x") + tar_member("/tmp/base", "y") + support::tar_end());
  extract("base");
  EXPECT_EQ(support::read_file(path("out")), "y");
  EXPECT_FALSE(std::filesystem::exists(path("../../escape")));
}

TEST_F(TarArchive, WhatIsMissingOrDamagedIsNamed) {
  write(tar_member("a", "1") + tar_member("folder", "", '5') + support::tar_end());
  expect_error(Code::corrupt, {"`b`", "a.tar"}, [&] { extract("b"); });
  expect_error(Code::corrupt, {"`folder`"}, [&] { extract("folder"); });
  write(tar_member("a", std::string(5000, 'x')).substr(0, 3000));
  expect_error(Code::corrupt, {"damaged", "a.tar"}, [&] { extract("a"); });
  write("this is no archive, whatever its name may say");
  expect_error(Code::corrupt, {"a.tar"}, [&] { extract("a"); });
  std::filesystem::remove(path("a.tar"));
  expect_error(Code::not_found, {"a.tar"}, [&] { extract("a"); });
}

}  // namespace
}  // namespace skerry::experiments
