// `skerry index consolidate`

#include <fmt/format.h>

#include <array>

#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/index/interruptible.h"
#include "experiments/table.h"
#include "graph/writer.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 4> options = {{
    {.name = "repair",
     .value = "SPEC",
     .description = "how lists are mended (default: the index's own, or fresh_diskann where that "
                    "keeps items)"},
    name_option,
    threads_option,
    durability_option,
}};

constexpr Command command = {
    .usage = "skerry index consolidate DIR [options]",
    .summary =
        "Takes deleted items that searches still walk through out of the graph, mends every list\n"
        "that leads to a deleted item, and frees the slots. Reads the whole graph.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = durability_help,
};

}  // namespace

int index_consolidate(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::filesystem::path path = parsed.positional.front();
  const std::string name = parsed.value("name");
  const kv::Durability durability = durability_of(parsed);
  const unsigned threads = threads_of(parsed);
  const std::unique_ptr<kv::Store> store = open_to_write(path);
  graph::Writer writer(*store, name, threads);
  const std::uint64_t dead = writer.meta().tombstones + writer.meta().gone;
  return interruptible([&](const Progress& progress) {
    const graph::UpdateWork work = writer.consolidate(parsed.value("repair"), durability, progress);
    fmt::print("{}: index `{}`: {} deleted items taken out, {} lists mended; {}\n", path.string(),
               name, grouped(dead), grouped(work.lists), state_text(writer.meta()));
  });
}

}  // namespace skerry::experiments
