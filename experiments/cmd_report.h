#pragma once
// `skerry report`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error for what is wrong before any work began.
int report_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
