#include "tests/distance/on_every_target.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <string>

#include "distance/metric.h"

namespace skerry::distance {

void on_every_target(const std::function<void()>& check) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    SCOPED_TRACE("on " + std::string(kernel_target()));
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace skerry::distance
