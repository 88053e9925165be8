#pragma once
// `skerry graph info | check | export`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error for what is wrong before any work began.
int graph_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
