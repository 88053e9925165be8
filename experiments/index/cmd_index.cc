#include "experiments/index/cmd_index.h"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/index/commands.h"

namespace skerry::experiments {

namespace {

struct Subcommand {
  std::string_view name;
  std::string_view arguments;
  std::string_view description;
  int (*run)(std::span<const std::string> arguments);
};

constexpr auto subcommands = std::to_array<Subcommand>({
    {"create", "DIR", "makes an index of the vectors in a file", index_create},
    {"list", "DIR", "lists the indexes in a store", index_list},
    {"add", "DIR", "adds vectors, or replaces them", index_add},
    {"delete", "DIR", "deletes items", index_delete},
    {"search", "DIR", "finds the items nearest to queries", index_search},
    {"export", "DIR", "writes the vectors to a file", index_export},
    {"stats", "DIR", "says what an index holds and how large it is", index_stats},
    {"verify", "DIR", "checks all that is stored", index_verify},
    {"consolidate", "DIR", "takes deleted items out of the graph for good", index_consolidate},
    {"rebuild", "DIR", "makes the graph anew, with other options if wanted", index_rebuild},
    {"convert", "DIR DIR2", "copies a store into one of another kind", index_convert},
    {"compact", "DIR", "gives unused space back", index_compact},
});

void print_help() {
  fmt::print(
      "usage: skerry index COMMAND DIR [options]\n\n"
      "An index of your own: it lies in the store in the directory DIR, and grows and shrinks in\n"
      "place. A change that fails or is interrupted leaves it as it was, and readers keep the "
      "state\n"
      "that they opened. docs/index.md is the guide.\n\n");
  for (const Subcommand& each : subcommands) {
    fmt::print("  {:<20} {}\n", fmt::format("{} {}", each.name, each.arguments), each.description);
  }
  fmt::print(
      "\n`skerry index COMMAND --help` describes a command.\n\n"
      "Exit codes\n"
      "  0    all is well\n"
      "  1    an internal error, or `verify` found damage\n"
      "  2    a mistake in the command line or the data, or a store that cannot be used\n"
      "  5    another process writes to the store\n"
      "  130  interrupted (143: terminated); the index is as it was\n");
}

}  // namespace

int index_command(std::span<const std::string> arguments) {
  if (arguments.empty()) {
    throw Error(Code::invalid_argument, "a command is missing; `skerry index --help` lists them");
  }
  const std::string& first = arguments.front();
  if (first == "--help" || first == "-h" || first == "help") {
    print_help();
    return 0;
  }
  std::vector<std::string_view> names;
  for (const Subcommand& each : subcommands) {
    if (each.name == first) return each.run(arguments.subspan(1));
    names.push_back(each.name);
  }
  throw Error(Code::invalid_argument, unknown_name("index command", first, names));
}

}  // namespace skerry::experiments
