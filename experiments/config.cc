#include "experiments/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/base_queries.h"
#include "experiments/catalogue.h"
#include "experiments/toml_file.h"

namespace skerry::experiments {

namespace {

Error wrong(std::string_view place, std::string_view what) {
  return {Code::invalid_argument, fmt::format("{}: {}", place, what)};
}

std::string_view type_name(const TomlScalar& scalar) {
  constexpr std::array<std::string_view, 4> names = {"a whole number", "a real number", "a boolean",
                                                     "a string"};
  return names[scalar.value.index()];
}

[[noreturn]] void unknown_key(const TomlEntry& entry, std::span<const std::string_view> known) {
  const std::string where = entry.table.empty() ? "key" : fmt::format("key of [{}]", entry.table);
  throw wrong(entry.place, unknown_name(where, entry.key, known));
}

const TomlScalar& only_value(const TomlEntry& entry) {
  if (entry.is_list) throw wrong(entry.place, fmt::format("`{}` takes one value", entry.key));
  return entry.values.front();
}

std::string text_of(const TomlEntry& entry) {
  const TomlScalar& scalar = only_value(entry);
  if (const auto* text = std::get_if<std::string>(&scalar.value)) return *text;
  throw wrong(scalar.place,
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
      throw wrong(entry.place, error.what());
    }
  } else if (entry.key == "queries") {
    dataset.queries = text_of(entry);
  } else if (entry.key == "neighbors") {
    dataset.neighbors = text_of(entry);
  } else if (entry.key == "limit") {
    const TomlScalar& scalar = only_value(entry);
    const auto* limit = std::get_if<std::int64_t>(&scalar.value);
    if (limit == nullptr || *limit < 1) {
      throw wrong(scalar.place, "`limit` must be a whole number of at least 1");
    }
    dataset.limit = static_cast<std::size_t>(*limit);
  } else {
    unknown_key(entry, key_names("dataset"));
  }
}

Value read_value(const Key& key, const TomlScalar& scalar) {
  Value value;
  if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) {
    value = *number;
  } else if (const auto* text = std::get_if<std::string>(&scalar.value)) {
    value = *text;
  } else {
    throw wrong(scalar.place, fmt::format("`{}` is {}; it must be {}", key.name, type_name(scalar),
                                          key.is_number ? "a whole number" : "a string"));
  }
  try {
    check_value(key, value);
  } catch (const Error& error) {
    throw wrong(scalar.place, error.what());
  }
  return value;
}

void read_axis(const TomlEntry& entry, Axes& axes) {
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const Key& key = keys()[i];
    if (key.table != entry.table || key.name != entry.key) continue;
    if (entry.values.empty()) {
      throw wrong(entry.place, fmt::format("`{}` is an empty list; it needs a value", entry.key));
    }
    Axis axis{{}, entry.place};
    for (const TomlScalar& scalar : entry.values) {
      Value value = read_value(key, scalar);
      if (std::find(axis.values.begin(), axis.values.end(), value) == axis.values.end()) {
        axis.values.push_back(std::move(value));
      }
    }
    axes[i] = std::move(axis);
    return;
  }
  unknown_key(entry, key_names(entry.table));
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
    throw wrong(place, unknown_name("table", name, known));
  }
}

/// A name becomes a folder, so it must not lead anywhere else.
void check_name(std::string_view name, std::string_view place) {
  const bool fits = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
  if (!fits || name.empty() || name.size() > 100 || name.front() == '.') {
    throw wrong(place, fmt::format("`name` is \"{}\"; it must be 1..100 letters, digits, `-`, `_` "
                                   "or `.`, not beginning with `.`",
                                   name));
  }
}

void read_heading(const TomlEntry& entry, Config& config) {
  constexpr std::array<std::string_view, 6> known = {"name",  "description", "dataset",
                                                     "build", "search",      "group"};
  if (entry.key == "name") {
    config.name = text_of(entry);
    check_name(config.name, entry.place);
  } else if (entry.key == "description") {
    config.description = text_of(entry);
  } else if (std::find(known.begin(), known.end(), entry.key) != known.end()) {
    throw wrong(entry.place, fmt::format("`{}` is a table: write [{}]", entry.key, entry.key));
  } else {
    unknown_key(entry, known);
  }
}

Axes default_axes() {
  Axes axes;
  for (const Key& key : keys()) {
    Axis axis{{}, "default"};
    if (key.is_number && key.default_value != key.formula) {
      axis.values.emplace_back(std::int64_t{std::stoll(std::string(key.default_value))});
    } else if (!key.default_value.empty()) {
      axis.values.emplace_back(std::string(key.default_value));
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

}  // namespace

Config read_config(const std::filesystem::path& file, std::span<const std::string> settings) {
  constexpr std::array<std::string_view, 3> base_tables = {"dataset", "build", "search"};
  constexpr std::array<std::string_view, 2> group_tables = {"build", "search"};
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
    if (files && spec) throw wrong(table.place, "[dataset] names both files and a `spec`");
    if (name && (files || spec)) {
      throw wrong(table.place, "[dataset] has a `name`; files and a `spec` do not go with it");
    }
  }
  for (const std::string& text : settings) {
    const TomlEntry entry = parse_setting(text);
    check_table(entry.table, entry.place, base_tables);
    read_entry(entry, config);
  }
  if (config.dataset.path.empty() && config.dataset.spec.empty() && config.dataset.name.empty()) {
    throw wrong(file.string(), "[dataset] needs a `path`, a `spec` or a `name`");
  }
  for (const std::vector<TomlTable>& tables : toml.groups) {
    Axes& group = config.groups.emplace_back(config.base);
    for (const TomlTable& table : tables) {
      check_table(table.name, table.place, group_tables);
      for (const TomlEntry& entry : table.entries) read_axis(entry, group);
    }
  }
  const auto require = [&](const Axes& axes) {
    for (std::size_t i = 0; i < keys().size(); ++i) {
      if (!axes[i].values.empty()) continue;
      throw wrong(file.string(), fmt::format("[{}] needs `{}`", keys()[i].table, keys()[i].name));
    }
  };
  require(config.base);
  return config;
}

}  // namespace skerry::experiments
