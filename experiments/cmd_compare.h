#pragma once
// `skerry compare`: says whether B is better than A, and how sure that is.

#include <span>
#include <string>

namespace skerry::experiments {

/// Exit code of --fail-on when the comparison fails.
inline constexpr int exit_worse = 4;

/// Returns the exit code. Throws Error.
int compare_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
