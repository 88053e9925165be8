// `skerry graph`, `trace` and `replay`, run as users do.

#include <gtest/gtest.h>

#include "tests/experiments/graphs/shipped.h"
#include "tests/experiments/program.h"

namespace skerry::experiments {
namespace {

TEST(GraphCommand, DescribesAFileAndNamesItsDigest) {
  const ProgramRun run = skerry("graph info " + shipped("faiss-l2.index").string());
  EXPECT_EQ(run.exit_code, 0) << run.error;
  EXPECT_NE(run.out.find("faiss"), std::string::npos);
  EXPECT_NE(run.out.find("cbded4c62e4ff4c08a0a40dac546f55a"), std::string::npos) << run.out;
}

TEST(GraphCommand, MistakesAreOneLineAndCodeTwo) {
  for (const char* arguments : {"graph infp x", "graph info", "graph check x", "graph export x",
                                "graph info /nonexistent", "trace x", "replay /nonexistent"}) {
    const ProgramRun run = skerry(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_TRUE(is_one_error(run.error)) << run.error;
  }
}

TEST(GraphCommand, ChecksAGraphAgainstADataSetThatIsNotItsOwn) {
  const ProgramRun run = skerry("graph check " + shipped("scipy.npz").string() +
                                " --metric cosine --dataset " SKERRY_SOURCE_DIR
                                "/experiments/data/wordnet-verbs-384-angular.hdf5");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.error.find("13267"), std::string::npos) << run.error;
}

}  // namespace
}  // namespace skerry::experiments
