#pragma once
// `skerry describe`.

#include <span>
#include <string>

namespace skerry::experiments {

/// Returns the exit code. Throws Error{invalid_argument} for a name that nothing has.
int describe_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
