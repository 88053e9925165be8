#pragma once
// `skerry merge`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error for mistakes in the arguments.
int merge_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
