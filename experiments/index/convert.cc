// `skerry index convert`

#include <fmt/format.h>

#include <array>
#include <vector>

#include "base/error.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/index/interruptible.h"
#include "experiments/index/new_store.h"
#include "experiments/table.h"
#include "graph/stored_index.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

constexpr std::array<Option, 1> options = {{
    {.name = "store", .value = "NAME", .description = "of DIR2: lmdb or rocksdb"},
}};

constexpr Command command = {
    .usage = "skerry index convert DIR DIR2 --store NAME",
    .summary =
        "Copies the store in DIR, with all its indexes, into a new one in DIR2, record by record:\n"
        "graphs, vectors and ids stay as they are, and so do digests. DIR2 must not be there, or "
        "be\n"
        "empty.",
    .options = options,
    .min_positional = 2,
    .max_positional = 2,
    .epilogue = "The copy is written with the durability `power`, whole or not at all.\n",
};

struct CopiedTable {
  std::string name;
  kv::TableId from;
  kv::TableId to;
};

std::uint64_t copy_records(const kv::Snapshot& snapshot, const CopiedTable& table, kv::Bulk& bulk,
                           const Progress& progress) {
  constexpr std::uint64_t look_every = 1024;
  const std::unique_ptr<kv::Cursor> cursor = snapshot.cursor(table.from);
  std::uint64_t records = 0;
  Code code = cursor->seek({});
  for (; code == Code::ok; code = cursor->next()) {
    const Code added = bulk.add(table.to, cursor->key(), cursor->value().bytes());
    if (added != Code::ok) {
      throw Error(added, fmt::format("copying a record failed: {}", name(added)),
                  {.table = table.name, .key = to_hex(cursor->key())});
    }
    if (++records % look_every == 0 && progress.cancelled()) {
      throw Error(Code::cancelled, "copying was cancelled");
    }
  }
  if (code != Code::not_found) {
    throw Error(code, fmt::format("reading records failed: {}", name(code)), {.table = table.name});
  }
  return records;
}

std::uint64_t copy_store(kv::Store& from, kv::Store& to, const Progress& progress) {
  std::vector<CopiedTable> tables;
  std::vector<kv::TableId> filled;
  for (const std::string& name : from.tables()) {
    tables.push_back({name, from.table(name), to.table(name)});
    filled.push_back(tables.back().to);
  }
  const std::unique_ptr<kv::Snapshot> snapshot = from.snapshot();
  const std::unique_ptr<kv::Bulk> bulk = to.bulk(filled);
  std::uint64_t records = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    progress.tell("tables", i, tables.size());
    records += copy_records(*snapshot, tables[i], *bulk, progress);
  }
  bulk->publish();
  return records;
}

}  // namespace

int index_convert(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const fs::path source = parsed.positional[0];
  const fs::path target = parsed.positional[1];
  const std::string kind = new_store_kind(parsed);
  const Place place = look_at(target);
  if (place != Place::absent && place != Place::empty) {
    throw Error(Code::invalid_argument, "the directory is there already; a copy needs a new one",
                {.path = target.string()});
  }
  const std::unique_ptr<kv::Store> from = open_to_read(source);
  NewStore made(target, place);
  return interruptible([&](const Progress& progress) {
    const std::unique_ptr<kv::Store> to = kv::open_store(kind, {.path = target, .create = true});
    const std::uint64_t records = copy_store(*from, *to, progress);
    made.keep();
    fmt::print("{}: {} records of {} ({}) copied into {}\n", target.string(), grouped(records),
               source.string(), kv::detect_store(source), kind);
    for (const std::string& name : graph::list_indexes(*to)) {
      const graph::StoredIndex index(*to, name);
      fmt::print("{}: index `{}`: {}\n", target.string(), name, state_text(index.meta()));
    }
  });
}

}  // namespace skerry::experiments
