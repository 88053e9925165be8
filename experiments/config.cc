#include "experiments/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/axes.h"
#include "experiments/base_queries.h"
#include "experiments/catalogue.h"
#include "experiments/toml_file.h"

namespace skerry::experiments {

namespace {

const TomlScalar& only_value(const TomlEntry& entry) {
  if (entry.is_list) throw wrong_at(entry.place, fmt::format("`{}` takes one value", entry.key));
  return entry.values.front();
}

std::string text_of(const TomlEntry& entry) {
  const TomlScalar& scalar = only_value(entry);
  if (const auto* text = std::get_if<std::string>(&scalar.value)) return *text;
  throw wrong_at(scalar.place,
                 fmt::format("`{}` is {}; it must be a string", entry.key, type_name(scalar)));
}

/// Another source of vectors than files: files of queries and neighbours do not go with it.
void forget_files(DatasetRequest& dataset) {
  dataset.path.clear();
  if (!parse_base_queries(dataset.queries)) dataset.queries.clear();
  dataset.neighbors.clear();
}

void read_dataset(const TomlEntry& entry, DatasetRequest& dataset) {
  if (entry.key == "path") {
    dataset.path = text_of(entry);
    dataset.spec.clear();
    dataset.name.clear();
  } else if (entry.key == "spec") {
    dataset.spec = text_of(entry);
    dataset.name.clear();
    forget_files(dataset);
  } else if (entry.key == "name") {
    dataset.name = text_of(entry);
    dataset.spec.clear();
    forget_files(dataset);
    try {
      catalogue_entry(dataset.name);
    } catch (const Error& error) {
      throw wrong_at(entry.place, error.what());
    }
  } else if (entry.key == "queries") {
    dataset.queries = text_of(entry);
  } else if (entry.key == "neighbors") {
    dataset.neighbors = text_of(entry);
  } else if (entry.key == "limit") {
    const TomlScalar& scalar = only_value(entry);
    const auto* limit = std::get_if<std::int64_t>(&scalar.value);
    if (limit == nullptr || *limit < 1) {
      throw wrong_at(scalar.place, "`limit` must be a whole number of at least 1");
    }
    dataset.limit = static_cast<std::size_t>(*limit);
  } else {
    unknown_key(entry, key_names("dataset"));
  }
}

void read_entry(const TomlEntry& entry, Config& config) {
  if (entry.table == "dataset") {
    read_dataset(entry, config.dataset);
  } else {
    read_axis(entry, config.base);
  }
}

void check_table(std::string_view name, std::string_view place,
                 std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    throw wrong_at(place, unknown_name("table", name, known));
  }
}

/// A name becomes a folder, so it must not lead anywhere else.
void check_name(std::string_view name, std::string_view place) {
  const bool fits = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (!fits || name.empty() || name.size() > 100 || name.front() == '.') {
    throw wrong_at(place,
                   fmt::format("`name` is \"{}\"; it must be 1..100 letters, digits, `-`, `_` "
                               "or `.`, not beginning with `.`",
                               name));
  }
}

void read_heading(const TomlEntry& entry, Config& config) {
  constexpr std::array<std::string_view, 9> known = {
      "name", "description", "zip", "smoke", "dataset", "build", "search", "group", "exclude"};
  if (entry.key == "name") {
    config.name = text_of(entry);
    check_name(config.name, entry.place);
  } else if (entry.key == "description") {
    config.description = text_of(entry);
  } else if (std::find(known.begin(), known.end(), entry.key) != known.end()) {
    const bool repeats = entry.key == "group" || entry.key == "exclude";
    const std::string heading = fmt::format(fmt::runtime(repeats ? "[[{}]]" : "[{}]"), entry.key);
    throw wrong_at(entry.place, fmt::format("`{}` is a table: write {}", entry.key, heading));
  } else {
    unknown_key(entry, known);
  }
}

Axes read_group(const TomlGroup& written, const Axes& base) {
  constexpr std::array<std::string_view, 2> tables = {"build", "search"};
  Axes group = base;
  for (const TomlTable& table : written.tables) {
    check_table(table.name, table.place, tables);
    for (const TomlEntry& entry : table.entries) read_axis(entry, group);
  }
  // A list of the group's own was not written to advance with the base's.
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!base[i].zip || group[i].place == base[i].place) continue;
    for (std::size_t j = 0; j < group.size(); ++j) {
      if (base[j].zip == base[i].zip) group[j].zip.reset();
    }
  }
  read_zips(written.zips, group);
  settle_axes(group);
  return group;
}

}  // namespace

Config read_config(const std::filesystem::path& file, std::span<const std::string> settings,
                   bool smoke) {
  constexpr std::array<std::string_view, 3> base_tables = {"dataset", "build", "search"};
  const TomlFile toml = read_toml(file);
  Config config;
  config.file = file;
  config.name = file.stem().string();
  config.base = default_axes();
  for (const TomlEntry& entry : toml.entries) read_heading(entry, config);
  check_name(config.name, file.string());
  bool files = false;
  bool spec = false;
  bool name = false;
  for (const TomlTable& table : toml.tables) {
    check_table(table.name, table.place, base_tables);
    for (const TomlEntry& entry : table.entries) {
      read_entry(entry, config);
      if (table.name != "dataset") continue;
      files |= entry.key == "path" || entry.key == "neighbors" ||
               (entry.key == "queries" && !parse_base_queries(text_of(entry)));
      spec |= entry.key == "spec";
      name |= entry.key == "name";
    }
    if (files && spec) throw wrong_at(table.place, "[dataset] names both files and a `spec`");
    if (name && (files || spec)) {
      throw wrong_at(table.place, "[dataset] has a `name`; files and a `spec` do not go with it");
    }
  }
  for (const TomlTable& table : toml.smoke) {
    check_table(table.name, table.place, base_tables);
    Config checked = config;  // what is written must be right also where it is not asked for
    for (const TomlEntry& entry : table.entries) read_entry(entry, smoke ? config : checked);
  }
  if (smoke) {
    if (toml.smoke.empty()) {
      throw wrong_at(file.string(), "--smoke needs a table [smoke] of what is smaller then");
    }
    config.name += "-smoke";
    config.as_written = false;
  }
  for (const std::string& text : settings) {
    const TomlEntry entry = parse_setting(text);
    check_table(entry.table, entry.place, base_tables);
    read_entry(entry, config);
    config.as_written &= entry.table == "dataset";
  }
  if (config.dataset.path.empty() && config.dataset.spec.empty() && config.dataset.name.empty()) {
    throw wrong_at(file.string(), "[dataset] needs a `path`, a `spec` or a `name`");
  }
  read_zips(toml.zips, config.base);
  for (const TomlGroup& written : toml.groups) {
    config.groups.push_back(read_group(written, config.base));
  }
  settle_axes(config.base);
  for (const TomlTable& table : toml.excludes) config.excludes.push_back(read_exclude(table));
  const auto require = [&](const Axes& axes) {
    for (std::size_t i = 0; i < keys().size(); ++i) {
      if (!axes[i].values.empty()) continue;
      throw wrong_at(file.string(),
                     fmt::format("[{}] needs `{}`", keys()[i].table, keys()[i].name));
    }
  };
  require(config.base);
  return config;
}

}  // namespace skerry::experiments
