#pragma once
// What is written in a TOML file or a --set option, with the place of every value, before anybody
// asks what it means.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace skerry::experiments {

/// A scalar, and where it stands ("file:line:column", or the --set option).
struct TomlScalar {
  std::variant<std::int64_t, double, bool, std::string> value;
  std::string place;
};

/// `key = value` or `key = [value, ...]`.
struct TomlEntry {
  std::string table;  ///< "" above the first table
  std::string key;
  std::string place;
  bool is_list = false;
  std::vector<TomlScalar> values;
};

struct TomlTable {
  std::string name;
  std::string place;
  std::vector<TomlEntry> entries;
};

/// One list of `zip = [[...], ...]`.
struct TomlZip {
  std::string place;
  std::vector<TomlScalar> names;
};

/// One `[[group]]`.
struct TomlGroup {
  std::vector<TomlTable> tables;
  std::vector<TomlZip> zips;
};

/// The scalars above the first table, the tables, and what repeats.
struct TomlFile {
  std::vector<TomlEntry> entries;
  std::vector<TomlTable> tables;
  std::vector<TomlZip> zips;
  std::vector<TomlGroup> groups;
  std::vector<TomlTable> excludes;  ///< each `[[exclude]]`
  std::vector<TomlTable> smoke;     ///< tables of `[smoke]`
};

/// Throws Error: not_found, io, or invalid_argument that begins with file:line:column.
TomlFile read_toml(const std::filesystem::path& path);

/// Parses the text of `--set TABLE.KEY=VALUE[,VALUE]...`. Values are TOML; a value that is not TOML
/// is a string (so that `hnsw`, `2*M` and `robust_prune(alpha=1.2, passes=2)` need no quotes).
/// Commas inside brackets, parentheses and quotes do not separate. Throws invalid_argument.
TomlEntry parse_setting(std::string_view text);

}  // namespace skerry::experiments
