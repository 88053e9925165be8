#pragma once
// `skerry trace` and `skerry replay`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Both return the exit code and throw Error for what is wrong before any work began.
int trace_command(std::span<const std::string> arguments);
int replay_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
