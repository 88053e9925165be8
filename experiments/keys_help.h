#pragma once
// The table of keys as text for people.

#include <string>

namespace skerry::experiments {

/// Every key that may stand in a config, with its default.
std::string keys_help();

}  // namespace skerry::experiments
