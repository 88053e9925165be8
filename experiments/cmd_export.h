#pragma once
// `skerry export`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error for what is wrong before any work began.
int export_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
