// The program `skerry`: finds the subcommand, turns errors into one line and an exit code.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/cmd_advise.h"
#include "experiments/cmd_compare.h"
#include "experiments/cmd_dataset.h"
#include "experiments/cmd_describe.h"
#include "experiments/cmd_estimate.h"
#include "experiments/cmd_export.h"
#include "experiments/cmd_inspect.h"
#include "experiments/cmd_list.h"
#include "experiments/cmd_merge.h"
#include "experiments/cmd_plan.h"
#include "experiments/cmd_report.h"
#include "experiments/cmd_run.h"
#include "experiments/cmd_status.h"
#include "experiments/graphs/cmd_graph.h"
#include "experiments/graphs/cmd_trace.h"
#include "experiments/index/cmd_index.h"
#include "experiments/version.h"

namespace {

using namespace skerry::experiments;

struct Subcommand {
  std::string_view name;
  std::string_view description;
  int (*run)(std::span<const std::string> arguments);
};

constexpr auto subcommands = std::to_array<Subcommand>({
    {"run", "runs an experiment", run_command},
    {"plan", "shows what an experiment would run", plan_command},
    {"status", "says how far a run is, or came", status_command},
    {"merge", "puts results of several runs together", merge_command},
    {"list", "lists policies, stores, metrics, codecs and views", list_command},
    {"report", "draws results as an HTML page", report_command},
    {"compare", "says whether results are better than others", compare_command},
    {"export", "writes results for other programs", export_command},
    {"index", "makes, changes and searches an index of your own", index_command},
    {"inspect", "looks at an index in a store", inspect_command},
    {"graph", "describes, checks and exports graphs", graph_command},
    {"trace", "records searches", trace_command},
    {"replay", "tries beams and stopping rules on recorded searches", replay_command},
    {"describe", "explains a key, policy, codec or store", describe_command},
    {"estimate", "says how large an index will be", estimate_command},
    {"advise", "finds the cheapest settings that reach a recall", advise_command},
    {"dataset", "describes and converts data sets", dataset_command},
});

void print_help() {
  fmt::print(
      "usage: skerry COMMAND [arguments]\n\nGraph nearest-neighbour search over key-value "
      "stores: experiments.\n\n");
  for (const Subcommand& each : subcommands) {
    fmt::print("  {:<9} {}\n", each.name, each.description);
  }
  fmt::print(
      "\n`skerry COMMAND --help` describes a command, `skerry --version` this program.\n\n"
      "Exit codes\n"
      "  0    all is well\n"
      "  1    an internal error, or results that could not be written\n"
      "  2    a mistake in the command line, the config or the data; nothing was run\n"
      "  3    finished, but some points failed\n"
      "  4    `compare --fail-on worse`: something is worse\n"
      "  5    another run holds the results directory, or another process the store\n"
      "  130  interrupted (143: terminated); what was finished is in the results\n");
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    throw skerry::Error(skerry::Code::invalid_argument,
                        "a command is missing; `skerry --help` lists them");
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_help();
    return 0;
  }
  if (first == "--version") {
    fmt::print("{}", version_text());
    return 0;
  }
  std::vector<std::string_view> names;
  for (const Subcommand& each : subcommands) {
    if (each.name == first) return each.run(std::span(arguments).subspan(1));
    names.push_back(each.name);
  }
  throw skerry::Error(skerry::Code::invalid_argument,
                      skerry::unknown_name("command", first, names));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int code = dispatch({argv + 1, argv + argc});
    if (std::fflush(stdout) != 0) {
      fmt::print(stderr, "skerry: error: cannot write to standard output\n");
      return 1;
    }
    return code;
  } catch (const skerry::Error& error) {
    fmt::print(stderr, "skerry: error: {}\n", error.what());
    return error.code() == skerry::Code::busy ? 5 : 2;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "skerry: error: out of memory\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "skerry: error: {}\n", error.what());
  }
  return 1;
}
