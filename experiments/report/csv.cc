#include "experiments/report/csv.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

using Fields = std::vector<std::pair<std::string, const ordered_json*>>;

void add_fields(const ordered_json& object, const std::string& prefix, Fields& fields) {
  for (const auto& [name, value] : object.items()) {
    if (value.is_object()) {
      add_fields(value, prefix + name + ".", fields);
    } else if (!value.is_array()) {
      fields.emplace_back(prefix + name, &value);
    }
  }
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char each : text) {
    if (each == '"') result += '"';
    result += each;
  }
  return result + '"';
}

std::string spelt(const ordered_json& value) {
  if (value.is_null()) return "";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// Names in the order of their first appearance; one that comes up later goes behind the field that
/// it follows in its own record, so that fields of one group stay together.
std::vector<std::string> all_names(const std::vector<Fields>& rows) {
  std::vector<std::string> names;
  std::unordered_set<std::string> known;
  for (const Fields& row : rows) {
    std::size_t behind = 0;
    for (const auto& [name, value] : row) {
      if (known.insert(name).second) {
        names.insert(names.begin() + static_cast<std::ptrdiff_t>(behind), name);
        ++behind;
      } else {
        const auto place = std::find(names.begin(), names.end(), name);
        behind = static_cast<std::size_t>(place - names.begin()) + 1;
      }
    }
  }
  return names;
}

}  // namespace

Fields scalar_fields(const ordered_json& record) {
  Fields fields;
  add_fields(record, "", fields);
  return fields;
}

std::string results_csv(const ResultsInput& input) {
  std::vector<Fields> rows;
  for (const MeasuredPoint& point : input.points) rows.push_back(scalar_fields(point.record));
  const std::vector<std::string> names = all_names(rows);
  std::string text = "directory";
  for (const std::string& name : names) text += "," + quoted(name);
  text += "\r\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::map<std::string, const ordered_json*> values(rows[i].begin(), rows[i].end());
    text += quoted(input.directories[input.points[i].directory].path.string());
    for (const std::string& name : names) {
      const auto value = values.find(name);
      text += "," + (value == values.end() ? "" : quoted(spelt(*value->second)));
    }
    text += "\r\n";
  }
  return text;
}

}  // namespace skerry::experiments
