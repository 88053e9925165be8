// `skerry index delete`

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/error.h"
#include "experiments/index/commands.h"
#include "experiments/index/id_list.h"
#include "experiments/index/index_store.h"
#include "experiments/index/interruptible.h"
#include "experiments/table.h"
#include "graph/writer.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 5> options = {{
    {.name = "ids", .value = "LIST", .description = "ids with commas between them: 1,2,17"},
    {.name = "ids-file", .value = "FILE", .description = "one id a line; -: standard input"},
    name_option,
    threads_option,
    durability_option,
}};

constexpr Command command = {
    .usage = "skerry index delete DIR --ids LIST | --ids-file FILE [options]",
    .summary =
        "Deletes items, all by one commit, and mends the lists that led to them. An id that is "
        "not\n"
        "there is told of and is no mistake.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = durability_help,
};

std::vector<ItemId> ids_in_file(const Parsed& parsed) {
  const std::string path = parsed.value("ids-file");
  return ids_in_text(whole_input(path), path == "-" ? "standard input" : path);
}

}  // namespace

int index_delete(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  if (parsed.has("ids") == parsed.has("ids-file")) {
    throw Error(Code::invalid_argument,
                fmt::format("give one of --ids and --ids-file; usage: {}", command.usage));
  }
  const std::filesystem::path path = parsed.positional.front();
  const std::string name = parsed.value("name");
  const kv::Durability durability = durability_of(parsed);
  const unsigned threads = threads_of(parsed);
  const std::vector<ItemId> ids =
      parsed.has("ids") ? ids_in_list(parsed.value("ids"), "ids") : ids_in_file(parsed);
  const std::unique_ptr<kv::Store> store = open_to_write(path);
  graph::Writer writer(*store, name, threads);
  std::vector<ItemId> absent;
  for (const ItemId id : ids) {
    if (!writer.erase(id)) absent.push_back(id);
  }
  const int code = interruptible([&](const Progress& progress) {
    const graph::BuildReport report = writer.build(durability, progress);
    fmt::print("{}: index `{}`: {} deleted; {}\n", path.string(), name, grouped(report.deleted),
               state_text(writer.meta()));
  });
  if (code == 0 && !absent.empty()) {
    constexpr std::size_t most_shown = 10;
    const bool more = absent.size() > most_shown;
    const std::size_t count = absent.size();
    absent.resize(std::min(count, most_shown));
    fmt::print(stderr, "skerry: warning: {} of {} ids not there: {}{}\n", count, ids.size(),
               fmt::join(absent, ", "), more ? ", .." : "");
  }
  return code;
}

}  // namespace skerry::experiments
