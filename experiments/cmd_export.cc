#include "experiments/cmd_export.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "experiments/command_line.h"
#include "experiments/report/annb.h"
#include "experiments/report/csv.h"
#include "experiments/report/folder.h"
#include "experiments/report/pgfplots.h"
#include "experiments/report/results_input.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 4> options = {{
    {.name = "csv", .value = "FILE", .description = "all scalar fields, one row per point"},
    {.name = "pgfplots",
     .value = "FOLDER",
     .description = "one table per curve, and recall_qps.tex that draws them"},
    {.name = "annb",
     .value = "FOLDER",
     .description = "FOLDER/results/ as ann-benchmarks has it; needs `run --save-neighbours`"},
    {.name = "only",
     .value = "EXPR",
     .description = "exports some points only: COLUMN=VALUE, joined by `&`"},
}};

constexpr Command command = {
    .usage = "skerry export DIR... --csv FILE | --pgfplots FOLDER | --annb FOLDER [--only EXPR]",
    .summary =
        "Writes the results of one or more directories for other programs. Several forms can be "
        "asked\nfor at once.",
    .options = options,
    .min_positional = 1,
    .max_positional = std::numeric_limits<std::size_t>::max(),
};

}  // namespace

int export_command(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  if (!parsed.has("csv") && !parsed.has("pgfplots") && !parsed.has("annb")) {
    throw Error(Code::invalid_argument,
                "nothing to write: give --csv FILE, --pgfplots FOLDER or --annb FOLDER");
  }
  const ResultsInput input = read_results(parsed.positional, parsed.value("only"));
  if (parsed.has("csv")) {
    write_text(parsed.value("csv"), results_csv(input));
    fmt::print("{}: {} points\n", parsed.value("csv"), input.points.size());
  }
  if (parsed.has("pgfplots")) {
    fmt::print("{}: {} curves\n", parsed.value("pgfplots"),
               write_pgfplots(input, parsed.value("pgfplots")));
  }
  if (parsed.has("annb")) {
    fmt::print("{}: {} files\n", parsed.value("annb"), write_annb(input, parsed.value("annb")));
  }
  return 0;
}

}  // namespace skerry::experiments
