#include "experiments/run_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using nlohmann::ordered_json;

class RunFiles : public testing::Test {
 protected:
  std::vector<ordered_json> after_append(const std::string& before) {
    std::ofstream(path_, std::ios::binary) << before;
    append_json_line(path_, {{"new", 1}});
    return read_json_lines(path_);
  }

  support::TempDir folder_;
  std::filesystem::path path_ = folder_.path() / "noise.jsonl";
};

TEST_F(RunFiles, ALineThatAKilledRunLeftTornStopsNoLaterOne) {
  const ordered_json fresh = {{"new", 1}};
  const ordered_json old = {{"old", 1}};
  EXPECT_EQ(after_append("{\"torn\":"), (std::vector<ordered_json>{fresh}));
  EXPECT_EQ(after_append("{\"old\":1}\n{\"torn\":"), (std::vector<ordered_json>{old, fresh}));
  EXPECT_EQ(after_append("{\"old\":1}"), (std::vector<ordered_json>{old, fresh}));
}

TEST_F(RunFiles, ATemporaryFileThatAKilledRunLeftStopsNoLaterOne) {
  for (const char* left : {"noise.jsonl.tmp", "noise.jsonl.temp", "noise.jsonl.1-0.tmp"}) {
    std::ofstream(folder_.path() / left) << "torn";
  }
  for (int i = 0; i < 3; ++i) {
    // The name that this very process takes next, left by a dead one of the same number.
    const std::string name =
        "noise.jsonl." + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp";
    std::ofstream(folder_.path() / name) << "a longer text than what is written after it";
    replace_json_lines(path_, {{{"i", i}}});
    EXPECT_EQ(read_json_lines(path_), (std::vector<ordered_json>{{{"i", i}}}));
  }
}

TEST_F(RunFiles, ADamagedLineInTheMiddleIsNamed) {
  std::ofstream(path_) << "{\"a\":1}\n{\"b\":\n{\"c\":1}\n";
  support::expect_error(Code::corrupt, {"noise.jsonl:2"}, [&] { read_json_lines(path_); });
}

}  // namespace
}  // namespace skerry::experiments
