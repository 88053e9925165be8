#pragma once
// `skerry status`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error for mistakes in the arguments.
int status_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
