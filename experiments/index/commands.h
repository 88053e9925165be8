#pragma once
// The subcommands of `skerry index`, each in the file of its name. Each takes the arguments behind
// its own name, returns an exit code, and throws Error as main() expects it.

#include <span>
#include <string>

namespace skerry::experiments {

int index_create(std::span<const std::string> arguments);
int index_list(std::span<const std::string> arguments);
int index_add(std::span<const std::string> arguments);
int index_delete(std::span<const std::string> arguments);
int index_rebuild(std::span<const std::string> arguments);
int index_consolidate(std::span<const std::string> arguments);
int index_search(std::span<const std::string> arguments);
int index_stats(std::span<const std::string> arguments);
int index_export(std::span<const std::string> arguments);
int index_verify(std::span<const std::string> arguments);
int index_convert(std::span<const std::string> arguments);
int index_compact(std::span<const std::string> arguments);

}  // namespace skerry::experiments
