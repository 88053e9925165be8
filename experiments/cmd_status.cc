#include "experiments/cmd_status.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/record_set.h"
#include "experiments/run_files.h"
#include "experiments/table.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 1> options = {{
    {.name = "json", .description = "a JSON object instead of text"},
}};

constexpr Command command = {
    .usage = "skerry status DIR [--json]",
    .summary =
        "Says what the last `skerry run -o DIR` was to measure, what of it is recorded, what "
        "failed "
        "and why,\nand whether it is running now.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

ordered_json describe(const std::filesystem::path& directory) {
  const std::vector<ordered_json> plans = read_json_lines(directory / "plan.json");
  if (plans.empty()) {
    throw Error(Code::not_found, "no run was started with this directory",
                {.path = (directory / "plan.json").string()});
  }
  const ordered_json& plan = plans.front();
  std::set<std::string> recorded;
  for (const ordered_json& record : read_records(directory).records) {
    recorded.insert(record.at("point").get<std::string>());
  }
  std::set<std::string> planned;
  for (const ordered_json& point : plan.at("points")) {
    planned.insert(point.at("point").get<std::string>());
  }
  ordered_json failures = ordered_json::array();
  std::size_t done = 0;
  for (const std::string& point : planned) done += recorded.contains(point) ? 1 : 0;
  for (ordered_json& failure : read_json_lines(directory / "failures.jsonl")) {
    if (planned.contains(failure.value("point", ""))) failures.push_back(std::move(failure));
  }
  const std::size_t others = recorded.size() - done;
  return {{"directory", directory.string()}, {"experiment", plan.at("experiment")},
          {"started", plan.at("started")},   {"code", plan.at("code")},
          {"command", plan.at("command")},   {"running", is_running(directory)},
          {"points", planned.size()},        {"done", done},
          {"failed", failures.size()},       {"missing", planned.size() - done - failures.size()},
          {"other_points", others},          {"failures", failures}};
}

void print_text(const ordered_json& status) {
  Table table({Align::left, Align::left});
  for (const char* field : {"directory", "experiment", "started", "code"}) {
    table.add({field, status.at(field).get<std::string>()});
  }
  table.add({"state", status.at("running") == true ? "running" : "not running"});
  table.add(
      {"points",
       fmt::format("{} of {} done, {} failed, {} missing", status.at("done").get<std::size_t>(),
                   status.at("points").get<std::size_t>(), status.at("failed").get<std::size_t>(),
                   status.at("missing").get<std::size_t>())});
  if (status.at("other_points") != 0) {
    table.add({"others", fmt::format("{} points of other plans or versions of the program",
                                     status.at("other_points").get<std::size_t>())});
  }
  fmt::print("{}", table.text());
  for (const ordered_json& failure : status.at("failures")) {
    fmt::print("failed    {} ({}): {}\n", failure.at("point").get<std::string>(),
               failure.at("stage").get<std::string>(), failure.at("why").get<std::string>());
  }
  if (status.at("running") == true || status.at("points") == status.at("done")) return;
  const auto words = status.at("command").get<std::vector<std::string>>();
  fmt::print("to go on  {}{}\n", fmt::join(words, " "),
             status.at("failed") == 0 ? "" : " --retry-failed");
}

}  // namespace

int status_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const ordered_json status = describe(parsed.positional.front());
  if (parsed.has("json")) {
    fmt::print("{}\n", status.dump(2));
  } else {
    print_text(status);
  }
  return 0;
}

}  // namespace skerry::experiments
