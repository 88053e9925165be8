// `skerry index rebuild`

#include <fmt/format.h>

#include <array>

#include "experiments/index/build_options.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/index/interruptible.h"
#include "graph/writer.h"

namespace skerry::experiments {

namespace {

constexpr std::array<Option, 4> own_options = {{
    name_option,
    {.name = "metric", .value = "NAME", .description = "another one, for vectors of the same size"},
    threads_option,
    durability_option,
}};

constexpr auto options = joined(own_options, without_defaults());

constexpr Command command = {
    .usage = "skerry index rebuild DIR [options]",
    .summary =
        "Makes the graph anew from all items, as if they had been given to `create`: deleted "
        "items\n"
        "leave no trace. What is not given stays as it is.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = durability_help,
};

}  // namespace

int index_rebuild(std::span<const std::string> arguments) {
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
  graph::IndexOptions wanted = with_build_options(parsed, writer.options());
  if (parsed.has("metric")) wanted.metric = parsed.value("metric");
  return interruptible([&](const Progress& progress) {
    writer.rebuild(wanted, durability, progress);
    fmt::print("{}: index `{}` rebuilt: {}\n", path.string(), name, state_text(writer.meta()));
  });
}

}  // namespace skerry::experiments
