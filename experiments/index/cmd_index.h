#pragma once
// `skerry index`: an index of one's own, made and kept from the command line.

#include <span>
#include <string>

namespace skerry::experiments {

/// Throws Error{invalid_argument} for an unknown subcommand, and what the subcommand throws.
int index_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
