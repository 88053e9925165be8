#pragma once
// A config file as a checked set of axes. Every error names file:line:column (or the --set option),
// what stands there, and what would be right.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiments/dataset.h"
#include "experiments/keys.h"

namespace skerry::experiments {

/// The values of one key, and where they were written ("default" when nowhere). A text in a number
/// key is a reference.
struct Axis {
  std::vector<Value> values;
  std::string place;
  /// The first axis of the `zip` that this one belongs to: both are at the same place of their
  /// lists, which are equally long. Itself when it is that first axis; nothing without a zip.
  std::optional<std::size_t> zip{};
};

/// One axis for every key, in the order of keys().
using Axes = std::vector<Axis>;

/// One `[[exclude]]`: a point is dropped when each of these keys has one of these values.
struct Exclude {
  struct Condition {
    std::size_t key;
    std::vector<Value> values;
  };

  std::string place;
  std::vector<Condition> conditions;  ///< at least one
};

struct Config {
  std::string name;  ///< default: the file's name without extension; also names the results folder
  std::string description;
  std::filesystem::path file;
  DatasetRequest dataset;
  Axes base;
  /// Each complete: the base with the keys that the group names replaced. A zip of the base holds
  /// in a group that names none of its keys.
  std::vector<Axes> groups;
  std::vector<Exclude> excludes;
  /// Whether no --set option changed an axis: then each exclude must drop something.
  bool as_written = true;
};

/// Reads and checks a config. `settings` are the texts of --set options; each replaces the base's
/// key, and so counts in all groups that do not name the key. With `smoke` the config's [smoke]
/// table does so before them, and the name ends in "-smoke". Throws Error: not_found, io,
/// invalid_argument.
Config read_config(const std::filesystem::path& file, std::span<const std::string> settings,
                   bool smoke = false);

}  // namespace skerry::experiments
