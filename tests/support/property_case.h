#pragma once
// GoogleTest's expectations within a rapidcheck property.
//
// A failed expectation stays with the test that runs, so that a property could not shrink: each
// smaller case would seem to fail as well. Here the failures of one case become that case's own.

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace skerry::support {

/// Runs `body` and fails the property's case with the first expectation that did not hold in it.
template <typename Body>
void expect_of_a_case(Body&& body) {
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
    body();
  }
  for (int i = 0; i < results.size(); ++i) {
    const testing::TestPartResult& result = results.GetTestPartResult(i);
    if (result.failed()) RC_FAIL(result.message());
  }
}

}  // namespace skerry::support
