#pragma once
// `skerry estimate`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error for what is wrong with the arguments.
int estimate_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
