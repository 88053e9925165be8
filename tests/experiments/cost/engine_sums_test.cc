#include "experiments/cost/engine_sums.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace skerry::experiments {
namespace {

using kv::CounterKind;

const std::vector<kv::EngineCounter> before = {{"hits", 10, CounterKind::sum},
                                               {"pages", 7, CounterKind::level},
                                               {"cache_bytes", 100, CounterKind::read},
                                               {"file_bytes", 50, CounterKind::read}};
const std::vector<kv::EngineCounter> after = {{"hits", 16, CounterKind::sum},
                                              {"pages", 9, CounterKind::level},
                                              {"cache_bytes", 400, CounterKind::read},
                                              {"file_bytes", 150, CounterKind::read}};

TEST(EngineSums, AreWhatWasAddedWithoutLevelsAndDividedByQueries) {
  EXPECT_EQ(engine_json(sums_since(before, after), 4).dump(),
            R"({"hits":1.5,"cache_bytes":75.0,"file_bytes":25.0})");
  EXPECT_EQ(engine_json({}, 4).dump(), "{}");
}

TEST(EngineSums, OfOnePartStayWholeAndKeepLevels) {
  EXPECT_EQ(engine_json(after, 1).dump(),
            R"({"hits":16,"pages":9,"cache_bytes":400,"file_bytes":150})");
}

TEST(EngineSums, AmplificationAddsAllCountersOfItsKind) {
  EXPECT_EQ(amplification(sums_since(before, after), CounterKind::read, 200), 2.0);
}

TEST(EngineSums, AmplificationIsNullWhereNothingWasCountedOrAsked) {
  EXPECT_TRUE(amplification(after, CounterKind::written, 200).is_null());
  EXPECT_TRUE(amplification(after, CounterKind::read, 0).is_null());
}

}  // namespace
}  // namespace skerry::experiments
