#include "experiments/record_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <unordered_map>

#include "base/error.h"
#include "experiments/results.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    throw Error(reason == ENOENT ? Code::not_found : Code::io,
                fmt::format("cannot read the results ({}); `skerry run CONFIG -o DIR` writes them",
                            std::generic_category().message(reason)),
                {.path = path.string()});
  }
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) throw Error(Code::io, "cannot read the results", {.path = path.string()});
  return text;
}

ordered_json parse_record(std::string_view line, std::size_t number,
                          const std::filesystem::path& path) {
  ordered_json record = ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
  const std::string place = fmt::format("{}:{}", path.string(), number);
  if (!record.is_object() || !record.contains("point") || !record.contains("config") ||
      !record.at("point").is_string() || !record.at("config").is_object()) {
    throw Error(Code::corrupt, fmt::format("{}: this line is not a record of a point", place));
  }
  const ordered_json schema = record.value("schema", ordered_json());
  if (schema != results_schema) {
    throw Error(
        Code::version, fmt::format("{}: the record has another form", place),
        {.expected = fmt::format("schema {}", results_schema), .found = "schema " + schema.dump()});
  }
  return record;
}

}  // namespace

RecordSet read_records(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "results.jsonl";
  const std::string text = read_text(path);
  RecordSet set;
  set.directory = directory;
  std::unordered_map<std::string, std::size_t> places;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) {
      // Records are written with their line break by one write: what lacks it was never finished.
      set.torn = true;
      break;
    }
    ++number;
    ordered_json record = parse_record(std::string_view(text).substr(at, end - at), number, path);
    at = end + 1;
    const auto [place, is_new] =
        places.try_emplace(record.at("point").get<std::string>(), set.records.size());
    if (is_new) {
      set.records.push_back(std::move(record));
    } else {
      set.records[place->second] = std::move(record);
      ++set.superseded;
    }
  }
  return set;
}

std::string config_spelling(const ordered_json& record, const std::string& column) {
  const ordered_json& config = record.at("config");
  const auto found = config.find(column);
  if (found == config.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::vector<std::string> varying_columns(const std::vector<ordered_json>& records) {
  std::vector<std::string> columns;
  for (const ordered_json& record : records) {
    for (const auto& [column, value] : record.at("config").items()) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }
  std::erase_if(columns, [&](const std::string& column) {
    const std::string first = config_spelling(records.front(), column);
    return std::all_of(records.begin(), records.end(), [&](const ordered_json& record) {
      return config_spelling(record, column) == first;
    });
  });
  return columns;
}

}  // namespace skerry::experiments
