#include "experiments/cmd_merge.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/record_set.h"
#include "experiments/run_files.h"

namespace skerry::experiments {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr std::array<Option, 1> options = {{
    {.name = "output", .letter = "o", .value = "DIR", .description = "a directory without results"},
}};

constexpr Command command = {
    .usage = "skerry merge DIR... -o DIR",
    .summary =
        "Puts the results of several runs (of --shard, say) together: every point once, with its "
        "rows. Of a\npoint that several have the latest counts; they must agree in graph, recall "
        "and work.",
    .options = options,
    .min_positional = 1,
    .max_positional = 100'000,
};

struct Merged {
  std::vector<std::string> order;
  std::map<std::string, ordered_json> records;
  std::map<std::string, fs::path> from;
};

void add(Merged& merged, const fs::path& directory) {
  for (const ordered_json& record : read_records(directory).records) {
    const auto point = record.at("point").get<std::string>();
    const auto [known, is_new] = merged.records.try_emplace(point, record);
    if (is_new) {
      merged.order.push_back(point);
      merged.from[point] = directory;
      continue;
    }
    for (const char* field : {"graph_digest", "recall", "work"}) {
      if (known->second.at(field) == record.at(field)) continue;
      throw Error(Code::mismatch,
                  fmt::format("point {} has another `{}` in two directories", point, field),
                  {.expected = fmt::format("{} in {}", known->second.at(field).dump(),
                                           merged.from.at(point).string()),
                   .found = fmt::format("{} in {}", record.at(field).dump(), directory.string())});
    }
    if (record.at("time") >= known->second.at("time")) {
      known->second = record;
      merged.from[point] = directory;
    }
  }
}

/// The objects of a file of all directories; of those with equal points the last.
std::vector<ordered_json> gather(const std::vector<std::string>& directories, const char* name) {
  std::vector<ordered_json> all;
  for (const std::string& directory : directories) {
    for (ordered_json& object : read_json_lines(fs::path(directory) / name)) {
      std::erase_if(all, [&](const ordered_json& other) {
        return other.value("point", "") == object.value("point", "");
      });
      all.push_back(std::move(object));
    }
  }
  return all;
}

void copy_files(const Merged& merged, const fs::path& output) {
  for (const char* folder : {"queries", "neighbours"}) {
    for (const auto& [point, directory] : merged.from) {
      for (const char* ending : {".npy", ".ids.npy", ".distances.npy"}) {
        const fs::path file = directory / folder / (point + ending);
        if (!fs::exists(file)) continue;
        std::error_code failure;
        fs::create_directories(output / folder, failure);
        // A merge that stopped half-way may have left one of this name, perhaps torn.
        if (!failure) {
          fs::copy_file(file, output / folder / file.filename(),
                        fs::copy_options::overwrite_existing, failure);
        }
        if (failure) throw Error(Code::io, failure.message(), {.path = file.string()});
      }
    }
  }
}

/// The plans as one: the points of all.
ordered_json merged_plan(const std::vector<std::string>& directories) {
  ordered_json whole;
  std::set<std::string> met;
  for (const std::string& directory : directories) {
    for (ordered_json& plan : read_json_lines(fs::path(directory) / "plan.json")) {
      ordered_json points = std::move(plan.at("points"));
      if (whole.is_null()) {
        whole = std::move(plan);
        whole["points"] = ordered_json::array();
      }
      for (ordered_json& point : points) {
        if (met.insert(point.at("point").get<std::string>()).second) {
          whole["points"].push_back(std::move(point));
        }
      }
    }
  }
  return whole;
}

}  // namespace

int merge_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  if (!parsed.has("output")) throw Error(Code::invalid_argument, "merge needs -o DIR");
  const fs::path output = parsed.value("output");
  if (fs::exists(output / "results.jsonl")) {
    throw Error(Code::invalid_argument, "the directory has results already; merge makes a new one",
                {.path = output.string()});
  }
  Merged merged;
  for (const std::string& directory : parsed.positional) add(merged, directory);
  std::vector<ordered_json> failures = gather(parsed.positional, "failures.jsonl");
  std::erase_if(failures, [&](const ordered_json& failure) {
    return merged.records.contains(failure.value("point", ""));
  });
  std::error_code failure;
  fs::create_directories(output, failure);
  if (failure) throw Error(Code::io, failure.message(), {.path = output.string()});
  copy_files(merged, output);
  replace_json_lines(output / "failures.jsonl", failures);
  replace_json_lines(output / "noise.jsonl", gather(parsed.positional, "noise.jsonl"));
  if (const ordered_json plan = merged_plan(parsed.positional); !plan.is_null()) {
    replace_json_lines(output / "plan.json", {plan});
  }
  std::vector<ordered_json> records;
  for (const std::string& point : merged.order) records.push_back(merged.records.at(point));
  replace_json_lines(output / "results.jsonl", records);
  fmt::print("{}: {} points, {} failed\n", output.string(), records.size(), failures.size());
  return 0;
}

}  // namespace skerry::experiments
