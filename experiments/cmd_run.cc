#include "experiments/cmd_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cstdio>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/keys_help.h"
#include "experiments/runner.h"
#include "experiments/summary.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 14> options = {{
    {.name = "output",
     .letter = "o",
     .value = "DIR",
     .default_value = "results/NAME",
     .description = "where results are; a run goes on there"},
    {.name = "set",
     .value = "TABLE.KEY=VALUE[,VALUE]...",
     .description = "replaces a key of the base; repeatable"},
    {.name = "smoke", .description = "the small version, as the config's [smoke] table has it"},
    {.name = "only",
     .value = "COLUMN=VALUE[&COLUMN=VALUE]...",
     .description = "only the points that have these values"},
    {.name = "shard",
     .value = "I/N",
     .description = "only the I-th of N parts of the graphs; `skerry merge` puts them together"},
    {.name = "retry-failed", .description = "measures points that failed before again"},
    {.name = "repeat", .description = "measures points that are recorded already again"},
    {.name = "no-noise", .description = "measures no points twice to see the noise of the clock"},
    {.name = "no-cache", .description = "builds graphs also where an equal one was built before"},
    {.name = "timeout-build",
     .value = "TIME",
     .description = "longest time without news from a build, such as 90s, 10m or 2h"},
    {.name = "timeout-point",
     .value = "TIME",
     .description = "longest time without news from a search: one pass over the queries"},
    {.name = "keep-stores", .description = "keeps the stores, in DIR/stores"},
    {.name = "save-neighbours", .description = "keeps what searches find, in DIR/neighbours"},
    {.name = "quiet", .description = "no progress line"},
}};

constexpr Command command = {
    .usage = "skerry run CONFIG.toml [-o DIR] [--set TABLE.KEY=VALUE]... [options]",
    .summary =
        "Builds every graph of the config once, writes it into every store and codec, searches "
        "it at every\npoint, and appends one JSON object per point to DIR/results.jsonl. Points "
        "that are there are not\nmeasured again: a run that was stopped goes on when it is "
        "started again.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
};

/// "90", "90s", "10m", "2h" in seconds.
double duration(std::string_view option, const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const double scale = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (error != std::errc() || scale == 0 || !(number > 0) || number * scale > 1e9) {
    throw Error(Code::invalid_argument,
                fmt::format("--{}: `{}` is not a time; write it as 90s, 10m or 2h", option, text));
  }
  return number * scale;
}

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.number);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == '/') {
    const auto second = std::from_chars(first.ptr + 1, end, shard.of);
    if (second.ec == std::errc() && second.ptr == end && shard.number >= 1 &&
        shard.number <= shard.of && shard.of <= 100'000) {
      return shard;
    }
  }
  throw Error(Code::invalid_argument,
              fmt::format("--shard: `{}` is no part; write I/N with 1 <= I <= N, as in 2/3", text));
}

/// What is wrong from here on is no longer the user's input.
int execute(Run& run, const Plan& plan, const RunOptions& wanted) {
  const RunOutcome outcome = run.execute();
  const std::string file = (wanted.directory / "results.jsonl").string();
  if (outcome.signal != 0) {
    fmt::print(stderr, "skerry: error: interrupted; {} of {} points are in {}\nto go on: {}\n",
               outcome.recorded, outcome.points, file, fmt::join(wanted.command, " "));
    return 128 + outcome.signal;
  }
  for (const std::string& line : disagreements(outcome)) {
    fmt::print(stderr, "skerry: warning: {}\n", line);
  }
  fmt::print("{}\nresults: {}\n", summary_text(outcome, plan), file);
  if (outcome.failed == 0) return 0;
  fmt::print(stderr,
             "skerry: error: {} of {} points failed; {} says why, --retry-failed tries again\n",
             outcome.failed, outcome.points, (wanted.directory / "failures.jsonl").string());
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
  wanted.command = {"skerry", "run"};
  wanted.command.insert(wanted.command.end(), arguments.begin(), arguments.end());
  wanted.settings = parsed.all("set");
  wanted.keep_stores = parsed.has("keep-stores");
  wanted.save_neighbours = parsed.has("save-neighbours");
  wanted.repeat = parsed.has("repeat");
  wanted.retry_failed = parsed.has("retry-failed");
  wanted.noise = !parsed.has("no-noise");
  wanted.use_cache = !parsed.has("no-cache");
  wanted.quiet = parsed.has("quiet");
  if (parsed.has("only")) wanted.only = parsed.value("only");
  if (parsed.has("shard")) wanted.shard = parse_shard(parsed.value("shard"));
  if (parsed.has("timeout-build")) {
    wanted.build_seconds = duration("timeout-build", parsed.value("timeout-build"));
  }
  if (parsed.has("timeout-point")) {
    wanted.point_seconds = duration("timeout-point", parsed.value("timeout-point"));
  }
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
