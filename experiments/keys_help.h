#pragma once
// The table of keys as text for people: help, `skerry describe` and docs/configs.md.

#include <string>
#include <string_view>
#include <vector>

#include "experiments/keys.h"

namespace skerry::experiments {

/// Every key that may stand in a config, with its default.
std::string keys_help();

/// "16", "\"delta\"" or "required".
std::string default_text(const Key& key);

/// What may stand in the key: a range, the words, or where the words are listed.
std::string values_text(const Key& key);

/// What is done again when the key changes.
std::string_view redone_text(Stage stage);

/// A line of TOML that this release accepts.
std::string example_text(const Key& key);

/// The table of [build] or [search] in docs/configs.md, as markdown.
std::string key_table_markdown(std::string_view table);

}  // namespace skerry::experiments
