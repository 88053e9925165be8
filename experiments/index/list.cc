// `skerry index list`

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/table.h"
#include "graph/stored_index.h"
#include "kv/open_store.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

constexpr std::array<Option, 1> options = {{json_option}};

constexpr Command command = {
    .usage = "skerry index list DIR [--json]",
    .summary = "Lists the indexes in the store in DIR.",
    .options = options,
    .min_positional = 1,
    .max_positional = 1,
    .epilogue = "Exit code 1 when an index cannot be read; stderr says why.\n",
};

}  // namespace

int index_list(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const std::filesystem::path path = parsed.positional.front();
  const std::unique_ptr<kv::Store> store = open_to_read(path);
  ordered_json all = ordered_json::array();
  bool damaged = false;
  for (const std::string& name : graph::list_indexes(*store)) {
    try {
      const kv::TableId table = store->table(graph::table_name(name, "meta"));
      const graph::Meta meta = graph::read_meta(*store->snapshot(), table, name);
      all.push_back({{"name", name},
                     {"items", meta.items},
                     {"metric", meta.metric},
                     {"dimension", meta.dimension},
                     {"codec", meta.codec},
                     {"graph_digest", meta.digest}});
    } catch (const Error& error) {
      fmt::print(stderr, "skerry: error: index `{}`: {}\n", name, error.what());
      damaged = true;
    }
  }
  if (parsed.has("json")) {
    const ordered_json object = {{"store", kv::detect_store(path)}, {"indexes", all}};
    fmt::print("{}\n", object.dump(2));
  } else {
    Table table({Align::left, Align::right, Align::left, Align::right, Align::left, Align::left});
    table.add({"name", "items", "metric", "dimension", "codec", "graph_digest"});
    for (const ordered_json& index : all) {
      table.add({index["name"], grouped(index["items"].get<std::uint64_t>()), index["metric"],
                 std::to_string(index["dimension"].get<std::size_t>()), index["codec"],
                 index["graph_digest"]});
    }
    fmt::print("{}", table.text());
  }
  return damaged ? 1 : 0;
}

}  // namespace skerry::experiments
