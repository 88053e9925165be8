#include "experiments/cmd_run.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/keys_help.h"
#include "experiments/runner.h"
#include "experiments/summary.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 5> options = {{
    {.name = "output",
     .letter = "o",
     .value = "DIR",
     .default_value = "results/NAME",
     .description = "where results.jsonl is; results are appended"},
    {.name = "set",
     .value = "TABLE.KEY=VALUE[,VALUE]...",
     .description = "replaces a key of the base; repeatable"},
    {.name = "smoke", .description = "the small version, as the config's [smoke] table has it"},
    {.name = "keep-stores", .description = "keeps the stores, in DIR/stores"},
    {.name = "quiet", .description = "no progress line"},
}};

constexpr Command command = {
    .usage =
        "skerry run CONFIG.toml [-o DIR] [--set TABLE.KEY=VALUE]... [--smoke] [--keep-stores] "
        "[--quiet]",
    .summary =
        "Builds every graph of the config once, writes it into every store and codec, searches "
        "it at every\npoint, and appends one JSON object per point to DIR/results.jsonl.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

/// What is wrong from here on is no longer the user's input.
int execute(Run& run, const Plan& plan, const RunOptions& wanted) {
  const RunOutcome outcome = run.execute();
  const std::string file = (wanted.directory / "results.jsonl").string();
  if (outcome.signal != 0) {
    fmt::print(stderr, "skerry: error: interrupted; {} of {} points are in {}\n",
               plan.points - outcome.failed, plan.points, file);
    return 128 + outcome.signal;
  }
  for (const std::string& line : disagreements(outcome)) {
    fmt::print(stderr, "skerry: warning: {}\n", line);
  }
  fmt::print("{}\nresults: {}\n", summary_text(outcome, plan), file);
  if (outcome.failed == 0) return 0;
  fmt::print(stderr, "skerry: error: {} of {} points failed\n", outcome.failed, plan.points);
  return 3;
}

}  // namespace

int run_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}\n{}", help_text(command), keys_help());
    return 0;
  }
  RunOptions wanted;
  wanted.settings = parsed.all("set");
  wanted.keep_stores = parsed.has("keep-stores");
  wanted.quiet = parsed.has("quiet");
  const Config config =
      read_config(parsed.positional.front(), wanted.settings, parsed.has("smoke"));
  wanted.directory = parsed.has("output") ? std::filesystem::path(parsed.value("output"))
                                          : std::filesystem::path("results") / config.name;
  if (wanted.directory.empty()) throw Error(Code::invalid_argument, "-o needs a directory");
  const Plan plan = make_plan(config);
  Run run(config, plan, wanted);
  try {
    return execute(run, plan, wanted);
  } catch (const Error& error) {
    fmt::print(stderr, "skerry: error: {}\n", error.what());
    return 1;
  }
}

}  // namespace skerry::experiments
