#pragma once
// One spelling for settings that mean the same, so that equal work has equal names however a config
// spells it: `rice(from=zero)` and `rice`, `hnsw( prune_small = true )` and `hnsw`.

#include <string>
#include <string_view>

namespace skerry::experiments {

/// A value of the key of this column, in its shortest spelling. Values of keys that take no specs,
/// and names that this build does not know, are their own. Throws Error{invalid_argument} for what
/// is no spec, or has wrong parameters.
std::string canonical(std::string_view column, std::string_view word);

}  // namespace skerry::experiments
