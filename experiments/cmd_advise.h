#pragma once
// `skerry advise`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code: 0, or 3 when no curve reaches the recall. Throws Error for what is wrong
/// with the arguments or the results.
int advise_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
