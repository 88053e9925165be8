#pragma once
// Names of work by its content: equal work has equal names, and work of another version of the
// program has another name.

#include <string>
#include <string_view>

#include "experiments/keys.h"

namespace skerry::experiments {

/// The commit when the program was built from a clean tree, else the commit and a hash of the
/// program's file.
const std::string& code_version();

/// 16 hex digits each. A graph that is read from a file counts with the file's content. Throws
/// Error{not_found, io} when that cannot be read.
std::string graph_id(const Settings& settings, std::string_view dataset_hash);
std::string layout_id(const Settings& settings, std::string_view dataset_hash);
std::string point_id(const Settings& settings, std::string_view dataset_hash);

}  // namespace skerry::experiments
