#include "graph/write_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <memory>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/digest.h"
#include "graph/ids.h"
#include "graph/record_sink.h"
#include "graph/record_writer.h"

namespace skerry::graph {

namespace {

/// What of the meta record follows from the graph.
Meta describe(const Graph& graph) {
  Meta meta;
  meta.bounds = graph.bounds();
  meta.items = graph.size();
  meta.slots = graph.size();
  meta.top_level = graph.top_level();
  meta.entry_points.assign(graph.entry_points().begin(), graph.entry_points().end());
  meta.items_per_level.assign(graph.size() == 0 ? 0 : graph.top_level() + 1U, 0);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      ++meta.items_per_level[level];
      meta.links += graph.links(level, slot).size();
    }
  }
  return meta;
}

std::vector<std::uint32_t> base_list_bytes(const Graph& graph, const LinkCodec& codec) {
  std::vector<std::uint32_t> sizes(graph.size());
  std::vector<std::byte> value;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    value.clear();
    codec.encode(graph.links(0, static_cast<Slot>(i)), static_cast<Slot>(i), value);
    sizes[i] = static_cast<std::uint32_t>(value.size());
  }
  return sizes;
}

void require_new(kv::Store& store, const std::string& meta_name) {
  if (!store.has_table(meta_name)) return;
  // Before the snapshot, which need not know a table that is opened after it.
  const kv::TableId table = store.table(meta_name);
  kv::Scope scope;
  kv::View value;
  const Code code = store.snapshot()->get(table, as_bytes("meta"), scope, value);
  if (code == Code::not_found) return;
  if (code == Code::ok) {
    throw Error(Code::invalid_argument, "an index of this name is there already",
                {.table = meta_name});
  }
  throw Error(code, fmt::format("reading the meta record failed: {}", name(code)),
              {.table = meta_name});
}

/// What bulk() sees to by itself: a write that failed half-way leaves records.
void require_empty(kv::Store& store, std::span<const kv::TableId> tables, std::string_view name) {
  const std::unique_ptr<kv::Snapshot> snapshot = store.snapshot();
  for (const kv::TableId table : tables) {
    const Code code = snapshot->cursor(table)->seek({});
    if (code == Code::not_found) continue;
    if (code != Code::ok) {
      throw Error(code, fmt::format("looking into a table failed: {}", skerry::name(code)));
    }
    throw Error(Code::invalid_argument,
                fmt::format("the tables of `{}` hold records without an index, of a write that did "
                            "not end; write under another name",
                            name));
  }
}

void check(const Rows& rows, const Graph& graph, const WriteOptions& options) {
  const auto same = [&](std::size_t count, std::string_view what) {
    if (count == rows.size()) return;
    throw Error(Code::invalid_argument, fmt::format("rows and {} differ in their number", what),
                {.expected = std::to_string(rows.size()), .found = std::to_string(count)});
  };
  same(graph.size(), "items of the graph");
  same(graph.items(), "items of the graph");
  check_layout(options.layout, options.encoding);
  if (options.ids.empty()) return;
  same(options.ids.size(), "ids");
  std::vector<ItemId> sorted(options.ids.begin(), options.ids.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw Error(Code::invalid_argument, fmt::format("two items have the id {}", *twice));
  }
  if (sorted.back() == no_item) {
    throw Error(Code::invalid_argument,
                fmt::format("an item has the id {}, which is none", no_item));
  }
}

/// The ids of the slots.
std::vector<ItemId> ids_of(std::span<const Slot> rows, std::span<const ItemId> ids) {
  std::vector<ItemId> of(rows.size());
  for (std::size_t slot = 0; slot < rows.size(); ++slot) {
    of[slot] = ids.empty() ? ItemId{rows[slot]} : ids[rows[slot]];
  }
  return of;
}

bool identity(std::span<const ItemId> ids) {
  for (std::size_t slot = 0; slot < ids.size(); ++slot) {
    if (ids[slot] != slot) return false;
  }
  return true;
}

}  // namespace

const LinkCodec& reverse_codec() { return link_codec("delta"); }

Meta write_index(kv::Store& store, std::string_view name, const Rows& rows, const Graph& graph,
                 const WriteOptions& options, const Progress& progress) {
  check(rows, graph, options);
  if (options.with_meta) require_new(store, table_name(name, "meta"));
  const std::vector<Slot> items = options.order->items(graph, rows, options.threads);
  const Graph numbered = renumber(graph, items, options.threads);
  const std::vector<ItemId> ids = ids_of(items, options.ids);
  Meta meta = describe(numbered);
  meta.own_ids = !identity(ids);
  // Nothing asks for it before the meta record, which comes last.
  std::future<std::string> digest = std::async(
      options.threads > 1 ? std::launch::async | std::launch::deferred : std::launch::deferred,
      [&] { return graph_digest(numbered, ids); });
  meta.metric = rows.metric().name;
  meta.dimension = rows.dimension();
  meta.encoding = plain_encoding(rows.metric());
  std::optional<distance::Encoder> encoder;
  if (options.encoding != nullptr) {
    meta.encoding = options.encoding->name;
    encoder = train_encoder(*options.encoding, rows);
  }
  meta.codec = options.codec->name();
  meta.order = options.order->name();
  meta.seed = options.seed;
  meta.build = options.build;
  std::vector<Slot> slots(items.size());
  for (std::size_t slot = 0; slot < items.size(); ++slot) {
    slots[items[slot]] = static_cast<Slot>(slot);
  }
  if (options.root != no_slot) meta.root = slots[options.root];
  meta.ranks = options.lineage.size();
  const bool sized = options.layout.lists_per_value == Layout::page;
  meta.layout =
      resolve(options.layout, store.traits().page_size, rows.row_bytes(),
              sized ? base_list_bytes(numbered, *options.codec) : std::vector<std::uint32_t>{});

  std::vector<kv::TableId> all;
  const auto open = [&](bool needed, std::string_view part) {
    if (!needed) return kv::TableId{};
    all.push_back(store.table(table_name(name, part)));
    return all.back();
  };
  const bool with_reverse = meta.build.in_links == "reverse";
  IndexTables tables{};
  tables.meta = open(options.with_meta, "meta");
  tables.vectors = open(true, "vectors");
  tables.codes = open(encoder.has_value(), "codes");
  tables.links = open(true, "links");
  tables.ids = open(meta.own_ids, "ids");
  tables.reverse = open(with_reverse, "reverse");
  tables.parents = open(!options.lineage.empty(), "parents");
  std::unique_ptr<RecordSink> sink;
  if (options.transaction != nullptr) {
    sink = into_transaction(*options.transaction);
  } else if (options.via.items_per_commit == 0) {
    sink = by_bulk(store, all);
  } else {
    require_empty(store, all, name);
    sink = by_commits(store);
  }
  RecordWriter writer(name, tables, rows, numbered, items, *options.codec, meta.layout, *sink);

  if (encoder && rows.size() > 0) writer.code_with(*encoder);
  // A run ends where values of rows and of lists both end.
  const std::size_t to_value =
      std::lcm<std::size_t, std::size_t>(meta.layout.rows_per_value, meta.layout.lists_per_value);
  std::size_t to_run = std::max<std::size_t>(numbered.size(), 1);
  if (options.via.items_per_commit != 0) {
    to_run = (options.via.items_per_commit + to_value - 1) / to_value * to_value;
  }
  for (std::size_t first = 0; first < numbered.size(); first += to_run) {
    if (progress.cancelled()) throw Error(Code::cancelled, "writing the index was cancelled");
    progress.tell("write", first, numbered.size());
    writer.run(static_cast<Slot>(first),
               static_cast<Slot>(std::min(first + to_run, numbered.size())));
  }
  if (meta.own_ids) writer.ids(ids);
  if (with_reverse) writer.reverse();
  if (!options.lineage.empty()) writer.parents(options.lineage, slots);
  meta.digest = digest.get();
  if (options.with_meta) writer.meta(meta);
  sink->finish();
  progress.tell("write", numbered.size(), numbered.size());
  return meta;
}

}  // namespace skerry::graph
