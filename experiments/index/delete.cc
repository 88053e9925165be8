// `skerry index delete`

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iostream>

#include "base/error.h"
#include "experiments/index/commands.h"
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

ItemId id_of(std::string_view text, const std::string& place) {
  ItemId id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc() || end != text.data() + text.size() || id == graph::no_item) {
    throw Error(Code::invalid_argument,
                fmt::format("{}: `{}` is no id; ids are whole numbers in 0..{}", place, text,
                            graph::no_item - 1));
  }
  return id;
}

std::vector<ItemId> ids_in_list(std::string_view list) {
  std::vector<ItemId> ids;
  for (std::size_t at = 0;;) {
    const std::size_t comma = list.find(',', at);
    ids.push_back(id_of(list.substr(at, comma - at), "--ids"));
    if (comma == std::string_view::npos) return ids;
    at = comma + 1;
  }
}

std::vector<ItemId> ids_in_file(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) throw Error(Code::not_found, "the file cannot be read", {.path = path});
  }
  std::istream& stream = path == "-" ? std::cin : file;
  std::vector<ItemId> ids;
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos) continue;
    const std::size_t last = line.find_last_not_of(" \t\r");
    ids.push_back(id_of(std::string_view(line).substr(first, last - first + 1),
                        fmt::format("{}, line {}", path, number)));
  }
  if (stream.bad()) throw Error(Code::io, "reading failed", {.path = path});
  return ids;
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
      parsed.has("ids") ? ids_in_list(parsed.value("ids")) : ids_in_file(parsed.value("ids-file"));
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
