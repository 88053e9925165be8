#pragma once
// A config file as a checked set of axes. Every error names file:line:column (or the --set option),
// what stands there, and what would be right.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "experiments/dataset.h"
#include "experiments/keys.h"

namespace skerry::experiments {

/// The values of one key, and where they were written ("default" when nowhere).
struct Axis {
  std::vector<Value> values;
  std::string place;
};

/// One axis for every key, in the order of keys().
using Axes = std::vector<Axis>;

struct Config {
  std::string name;  ///< default: the file's name without extension; also names the results folder
  std::string description;
  std::filesystem::path file;
  DatasetRequest dataset;
  Axes base;
  std::vector<Axes>
      groups;  ///< each complete: the base with the keys that the group names replaced
};

/// Reads and checks a config. `settings` are the texts of --set options; each replaces the base's
/// key, and so counts in all groups that do not name the key. Throws Error: not_found, io,
/// invalid_argument.
Config read_config(const std::filesystem::path& file, std::span<const std::string> settings);

}  // namespace skerry::experiments
