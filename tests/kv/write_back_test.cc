#include "kv/write_back.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temp_dir.h"

namespace skerry::kv {
namespace {

TEST(WriteBack, LeavesWhatIsWrittenMeanwhileAsItIs) {
  const support::TempDir dir;
  const std::filesystem::path path = dir.path() / "file";
  std::string text;
  {
    std::ofstream out(path, std::ios::binary);
    const WriteBack early(path);
    for (int i = 0; i < 200'000; ++i) {
      const std::string line = std::to_string(i) + " lines\n";
      out << line;
      text += line;
    }
  }
  std::ifstream in(path, std::ios::binary);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(in), {}}), text);
}

TEST(WriteBack, DoesNothingForAFileThatIsNotThere) {
  const support::TempDir dir;
  { const WriteBack early(dir.path() / "none"); }
  EXPECT_FALSE(std::filesystem::exists(dir.path() / "none"));
}

}  // namespace
}  // namespace skerry::kv
