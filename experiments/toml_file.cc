#include "experiments/toml_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <fstream>
#include <sstream>

#include "base/error.h"

namespace skerry::experiments {

namespace {

Error wrong(std::string_view place, std::string_view what) {
  return {Code::invalid_argument, fmt::format("{}: {}", place, what)};
}

/// Turns toml++'s nodes into entries; `name` is the file's, or empty when `fixed` is the place.
class Reader {
 public:
  Reader(std::string name, std::string fixed) : name_(std::move(name)), fixed_(std::move(fixed)) {}

  std::string place(const toml::source_position& at) const {
    return fixed_.empty() ? fmt::format("{}:{}:{}", name_, at.line, at.column) : fixed_;
  }

  TomlEntry entry(std::string_view table, std::string_view key, const toml::source_position& at,
                  const toml::node& node) const {
    TomlEntry entry{std::string(table), std::string(key), place(at), node.is_array(), {}};
    add(entry, node, 0);
    return entry;
  }

  TomlTable table(std::string_view name, const toml::source_position& at,
                  const toml::table& node) const {
    TomlTable table{std::string(name), place(at), {}};
    for (const auto& [key, value] : node) {
      table.entries.push_back(entry(name, key.str(), key.source().begin, value));
    }
    return table;
  }

  std::vector<TomlZip> zips(const toml::source_position& at, const toml::node& node) const {
    constexpr std::string_view form = "`zip` is a list of lists of keys: [[\"M\", \"ef\"]]";
    const auto* lists = node.as_array();
    if (lists == nullptr) throw wrong(place(at), form);
    std::vector<TomlZip> zips;
    for (const toml::node& element : *lists) {
      if (!element.is_array()) throw wrong(place(element.source().begin), form);
      TomlEntry names = entry("", "zip", element.source().begin, element);
      zips.push_back({names.place, std::move(names.values)});
    }
    return zips;
  }

  TomlGroup group(const toml::table& node) const {
    TomlGroup group;
    for (const auto& [name, part] : node) {
      const toml::source_position& at = name.source().begin;
      if (name.str() == "zip") {
        group.zips = zips(at, part);
      } else if (const auto* parts = part.as_table()) {
        group.tables.push_back(table(name.str(), at, *parts));
      } else {
        throw wrong(place(at), fmt::format("a group has only the tables [group.build] and "
                                           "[group.search] and the key `zip`, not the key `{}`",
                                           name.str()));
      }
    }
    return group;
  }

  /// The tables in `[smoke]`, which holds nothing else.
  std::vector<TomlTable> tables(const toml::table& smoke) const {
    std::vector<TomlTable> tables;
    for (const auto& [name, part] : smoke) {
      const toml::source_position& at = name.source().begin;
      const toml::table* values = part.as_table();
      if (values == nullptr) {
        throw wrong(place(at), fmt::format("[smoke] holds keys of other tables, as in build.M = 8, "
                                           "not the key `{}`",
                                           name.str()));
      }
      tables.push_back(table(name.str(), at, *values));
    }
    return tables;
  }

 private:
  void add(TomlEntry& entry, const toml::node& node, int depth) const {
    const std::string at = place(node.source().begin);
    if (const auto* array = node.as_array()) {
      if (depth > 0) throw wrong(at, fmt::format("`{}` is a list of lists", entry.key));
      for (const toml::node& element : *array) add(entry, element, depth + 1);
    } else if (const auto* integer = node.as_integer()) {
      entry.values.push_back({integer->get(), at});
    } else if (const auto* real = node.as_floating_point()) {
      entry.values.push_back({real->get(), at});
    } else if (const auto* boolean = node.as_boolean()) {
      entry.values.push_back({boolean->get(), at});
    } else if (const auto* text = node.as_string()) {
      entry.values.push_back({text->get(), at});
    } else {
      throw wrong(at, fmt::format("`{}` is a {}; it must be a number, a string or a list of them",
                                  entry.key, node.is_table() ? "table" : "date or time"));
    }
  }

  std::string name_;
  std::string fixed_;
};

/// Splits at commas outside quotes, brackets and parentheses, and strips blanks.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"' && i + 1 < text.size()) {
        parts.back() += c;
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '(' || c == '{') {
      ++depth;
    } else if (c == ']' || c == ')' || c == '}') {
      --depth;
    } else if (c == ',' && depth <= 0) {
      parts.emplace_back();
      continue;
    }
    parts.back() += text[i];
  }
  for (std::string& part : parts) {
    const std::size_t first = part.find_first_not_of(" \t");
    const std::size_t last = part.find_last_not_of(" \t");
    part = first == std::string::npos ? "" : part.substr(first, last - first + 1);
  }
  return parts;
}

}  // namespace

TomlFile read_toml(const std::filesystem::path& path) {
  if (std::filesystem::is_directory(path)) {
    throw Error(Code::invalid_argument, "a directory is no config; give the .toml file",
                {.path = path.string()});
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    throw Error(std::filesystem::exists(path) ? Code::io : Code::not_found,
                "cannot read the config", {.path = path.string()});
  }
  std::stringstream text;
  text << stream.rdbuf();
  const Reader reader(path.string(), "");
  toml::table root;
  try {
    root = toml::parse(text.str(), path.string());
  } catch (const toml::parse_error& error) {
    throw wrong(reader.place(error.source().begin), error.description());
  }
  TomlFile file;
  for (const auto& [key, node] : root) {
    const toml::source_position& at = key.source().begin;
    if (const auto* table = node.as_table()) {
      if (key.str() == "group" || key.str() == "exclude") {
        throw wrong(reader.place(at),
                    fmt::format("write `[[{}]]`, in double brackets: it may repeat", key.str()));
      }
      if (key.str() == "smoke") {
        file.smoke = reader.tables(*table);
      } else {
        file.tables.push_back(reader.table(key.str(), at, *table));
      }
    } else if (const auto* array = node.as_array(); array && array->is_array_of_tables()) {
      for (const toml::node& element : *array) {
        const toml::table& one = *element.as_table();
        if (key.str() == "group") {
          file.groups.push_back(reader.group(one));
        } else if (key.str() == "exclude") {
          file.excludes.push_back(reader.table("exclude", one.source().begin, one));
        } else {
          throw wrong(reader.place(at),
                      fmt::format("`[[{}]]` is not known; `[[group]]` and `[[exclude]]` repeat",
                                  key.str()));
        }
      }
    } else if (key.str() == "zip") {
      file.zips = reader.zips(at, node);
    } else {
      file.entries.push_back(reader.entry("", key.str(), at, node));
    }
  }
  return file;
}

TomlEntry parse_setting(std::string_view text) {
  const std::string place = fmt::format("--set {}", text);
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.substr(0, equals).find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot == 0 ||
      dot + 1 == equals) {
    throw wrong(place, "expected TABLE.KEY=VALUE, as in build.M=8,16");
  }
  toml::array values;
  const std::vector<std::string> parts = split(text.substr(equals + 1));
  bool is_list = parts.size() > 1;
  for (const std::string& part : parts) {
    if (part.empty()) throw wrong(place, "a value is empty");
    try {
      toml::table parsed = toml::parse("value = " + part);
      toml::node& node = *parsed.get("value");
      if (auto* array = node.as_array()) {
        is_list = true;
        for (const toml::node& element : *array) values.push_back(element);
      } else {
        values.push_back(node);
      }
    } catch (const toml::parse_error& error) {
      if (part.find_first_of("\"'[]{}") == 0) {
        throw wrong(place, fmt::format("`{}` is not a value: {}", part, error.description()));
      }
      values.push_back(part);
    }
  }
  TomlEntry entry = Reader("", place).entry(text.substr(0, dot),
                                            text.substr(dot + 1, equals - dot - 1), {}, values);
  entry.is_list = is_list;
  return entry;
}

}  // namespace skerry::experiments
