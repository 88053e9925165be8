#include "experiments/axes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/value_list.h"

namespace skerry::experiments {

namespace {

/// One value, or those of a range; checked.
void add_values(const Key& key, const TomlScalar& scalar, std::vector<Value>& values) {
  try {
    if (const auto* number = std::get_if<std::int64_t>(&scalar.value)) {
      check_value(key, *number);
      values.emplace_back(*number);
      return;
    }
    const auto* text = std::get_if<std::string>(&scalar.value);
    if (text == nullptr) {
      throw Error(Code::invalid_argument,
                  fmt::format("`{}` is {}; it must be {}", key.name, type_name(scalar),
                              key.is_number ? "a whole number" : "a string"));
    }
    if (key.is_number) {
      if (const auto range = parse_range(*text)) {
        for (const std::int64_t number : *range) {
          check_value(key, number);
          values.emplace_back(number);
        }
        return;
      }
    }
    check_value(key, *text);
    const auto reference = key.is_number ? parse_reference(*text) : std::nullopt;
    values.emplace_back(reference ? reference->text() : *text);
  } catch (const Error& error) {
    throw wrong_at(scalar.place, error.what());
  }
}

std::vector<Value> read_values(const Key& key, const TomlEntry& entry) {
  if (entry.values.empty()) {
    throw wrong_at(entry.place, fmt::format("`{}` is an empty list; it needs a value", entry.key));
  }
  std::vector<Value> values;
  for (const TomlScalar& scalar : entry.values) add_values(key, scalar, values);
  return values;
}

/// The key that a text names by its column, or as TABLE.KEY.
std::size_t named_key(std::string_view text, std::string_view place) {
  std::vector<std::string_view> columns;
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const Key& key = keys()[i];
    if (key.column == text || fmt::format("{}.{}", key.table, key.name) == text) return i;
    columns.push_back(key.column);
  }
  throw wrong_at(place, unknown_name("column", text, columns));
}

void keep_first_of_each(std::vector<Value>& values) {
  std::vector<Value> unique;
  for (Value& value : values) {
    if (std::find(unique.begin(), unique.end(), value) == unique.end()) {
      unique.push_back(std::move(value));
    }
  }
  values = std::move(unique);
}

}  // namespace

Error wrong_at(std::string_view place, std::string_view what) {
  return {Code::invalid_argument, fmt::format("{}: {}", place, what)};
}

std::string_view type_name(const TomlScalar& scalar) {
  constexpr std::array<std::string_view, 4> names = {"a whole number", "a real number", "a boolean",
                                                     "a string"};
  return names[scalar.value.index()];
}

void unknown_key(const TomlEntry& entry, std::span<const std::string_view> known) {
  const std::string where = entry.table.empty() ? "key" : fmt::format("key of [{}]", entry.table);
  throw wrong_at(entry.place, unknown_name(where, entry.key, known));
}

Axes default_axes() {
  Axes axes;
  for (const Key& key : keys()) {
    Axis axis{{}, "default"};
    if (!key.default_value.empty()) {
      const bool reference = parse_reference(key.default_value).has_value();
      if (key.is_number && !reference) {
        axis.values.emplace_back(std::int64_t{std::stoll(std::string(key.default_value))});
      } else {
        axis.values.emplace_back(std::string(key.default_value));
      }
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

void read_axis(const TomlEntry& entry, Axes& axes) {
  for (std::size_t i = 0; i < keys().size(); ++i) {
    const Key& key = keys()[i];
    if (key.table != entry.table || key.name != entry.key) continue;
    axes[i].values = read_values(key, entry);
    axes[i].place = entry.place;
    return;
  }
  unknown_key(entry, key_names(entry.table));
}

void read_zips(std::span<const TomlZip> zips, Axes& axes) {
  for (const TomlZip& zip : zips) {
    std::vector<std::size_t> members;
    for (const TomlScalar& scalar : zip.names) {
      const auto* name = std::get_if<std::string>(&scalar.value);
      if (name == nullptr) {
        throw wrong_at(scalar.place,
                       fmt::format("`zip` holds {}; it must name a key", type_name(scalar)));
      }
      const std::size_t key = named_key(*name, scalar.place);
      const bool twice = std::find(members.begin(), members.end(), key) != members.end();
      if (axes[key].zip || twice) {
        throw wrong_at(scalar.place, fmt::format("`{}` is zipped twice", *name));
      }
      members.push_back(key);
    }
    if (members.size() < 2) throw wrong_at(zip.place, "a zip needs at least two keys");
    const std::size_t first = *std::min_element(members.begin(), members.end());
    for (const std::size_t key : members) axes[key].zip = first;
  }
}

void settle_axes(Axes& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Axis& axis = axes[i];
    if (!axis.zip) {
      keep_first_of_each(axis.values);
      continue;
    }
    const Axis& first = axes[*axis.zip];
    if (axis.values.size() == first.values.size()) continue;
    const std::string& place = axis.place == "default" ? first.place : axis.place;
    throw wrong_at(place, fmt::format("`{}` has {} values and `{}`, which is zipped with it, has "
                                      "{}; they must be equally many",
                                      keys()[i].column, axis.values.size(),
                                      keys()[*axis.zip].column, first.values.size()));
  }
}

Exclude read_exclude(const TomlTable& table) {
  if (table.entries.empty()) {
    throw wrong_at(table.place, "[[exclude]] is empty; give COLUMN = value or a list of values");
  }
  Exclude exclude{table.place, {}};
  for (const TomlEntry& entry : table.entries) {
    const std::size_t at = named_key(entry.key, entry.place);
    std::vector<Value> values = read_values(keys()[at], entry);
    for (const Value& value : values) {
      if (!keys()[at].is_number || std::holds_alternative<std::int64_t>(value)) continue;
      throw wrong_at(entry.place, fmt::format("`{}` is \"{}\"; an exclude takes numbers and ranges",
                                              entry.key, spelling(value)));
    }
    exclude.conditions.push_back({at, std::move(values)});
  }
  return exclude;
}

}  // namespace skerry::experiments
