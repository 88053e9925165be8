#include "graph/stored_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.h"
#include "graph/digest.h"

namespace skerry::graph {

namespace {

void check(Code code, const std::string& table, Bytes key, std::string_view doing) {
  if (code != Code::ok) {
    throw Error(code, fmt::format("{} failed: {}", doing, name(code)),
                {.table = table, .key = to_hex(key)});
  }
}

Error damaged(const std::string& table, Bytes key, std::string_view what) {
  return {Code::corrupt,
          fmt::format("the record is damaged: {}", what),
          {.table = table, .key = to_hex(key)}};
}

/// What of the meta record follows from the graph.
Meta describe(const Graph& graph) {
  Meta meta;
  meta.bounds = graph.bounds();
  meta.items = graph.size();
  meta.top_level = graph.top_level();
  meta.entry_points.assign(graph.entry_points().begin(), graph.entry_points().end());
  meta.items_per_level.assign(graph.size() == 0 ? 0 : graph.top_level() + 1U, 0);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level <= graph.top_of(slot); ++level) {
      ++meta.items_per_level[level];
      meta.links += graph.links(level, slot).size();
    }
  }
  meta.digest = graph_digest(graph);
  return meta;
}

}  // namespace

Meta write_index(kv::Store& store, std::string_view name, const Rows& rows, const Graph& graph,
                 const LinkCodec& codec, std::uint64_t seed, const Progress& progress) {
  if (rows.size() != graph.size()) {
    throw Error(Code::invalid_argument, "rows and graph differ in their number of items",
                {.expected = std::to_string(rows.size()), .found = std::to_string(graph.size())});
  }
  const std::string meta_name = table_name(name, "meta");
  const std::string vectors_name = table_name(name, "vectors");
  const std::string links_name = table_name(name, "links");
  const std::array<kv::TableId, 3> tables = {store.table(meta_name), store.table(vectors_name),
                                             store.table(links_name)};
  const auto [meta_table, vectors_table, links_table] = tables;

  Meta meta = describe(graph);
  meta.metric = rows.metric().name;
  meta.dimension = rows.dimension();
  meta.encoding = rows.metric().element == distance::Element::bit ? "bits" : "f32";
  meta.codec = codec.name();
  meta.seed = seed;

  const std::unique_ptr<kv::Bulk> bulk = store.bulk(tables);
  const std::size_t items = graph.size();
  const std::size_t total = 2 * items;
  for (std::size_t i = 0; i < items; ++i) {
    const auto slot = static_cast<Slot>(i);
    const VectorKey key(slot);
    check(bulk->add(vectors_table, key.bytes, {rows[slot], rows.row_bytes()}), vectors_name,
          key.bytes, "writing a vector");
    if (i % 16384 == 0) {
      if (progress.cancelled()) throw Error(Code::cancelled, "writing the index was cancelled");
      progress.tell("write", i, total);
    }
  }
  std::vector<Slot> sorted;
  std::vector<std::byte> value;
  for (unsigned level = 0; level <= graph.top_level(); ++level) {
    for (std::size_t i = 0; i < items; ++i) {
      const auto slot = static_cast<Slot>(i);
      if (graph.top_of(slot) < level) continue;
      const std::span<const Slot> links = graph.links(level, slot);
      sorted.assign(links.begin(), links.end());
      std::sort(sorted.begin(), sorted.end());
      value.clear();
      codec.encode(sorted, slot, value);
      const LinkKey key(level, slot);
      check(bulk->add(links_table, key.bytes, value), links_name, key.bytes, "writing links");
    }
    if (progress.cancelled()) throw Error(Code::cancelled, "writing the index was cancelled");
  }
  check(bulk->add(meta_table, as_bytes("meta"), as_bytes(meta.encode())), meta_name,
        as_bytes("meta"), "writing the meta record");
  bulk->publish();
  progress.tell("write", total, total);
  return meta;
}

StoredIndex::StoredIndex(kv::Store& store, std::string_view name, const Expectation& expected)
    : name_(name) {
  const std::vector<std::string> present = list_indexes(store);
  if (std::find(present.begin(), present.end(), name_) == present.end()) {
    throw Error(Code::not_found,
                fmt::format("the store has no index `{}`; it has: {}", name_,
                            present.empty() ? std::string("none")
                                            : fmt::format("{}", fmt::join(present, ", "))));
  }
  const std::string meta_name = table_name(name_, "meta");
  const kv::TableId meta_table = store.table(meta_name);
  vectors_ = store.table(table_name(name_, "vectors"));
  links_ = store.table(table_name(name_, "links"));
  snapshot_ = store.snapshot();

  kv::Scope scope;
  kv::View value;
  const Code code = snapshot_->get(meta_table, as_bytes("meta"), scope, value);
  if (code == Code::not_found) {
    throw Error(Code::not_found, "the index has no meta record: it was never finished",
                {.table = meta_name});
  }
  check(code, meta_name, as_bytes("meta"), "reading the meta record");
  meta_ = Meta::decode(value.bytes(), meta_name);
  if (!expected.metric.empty() && expected.metric != meta_.metric) {
    throw Error(Code::mismatch, fmt::format("index `{}` was built for another metric", name_),
                {.expected = std::string(expected.metric), .found = meta_.metric});
  }
  if (expected.dimension != 0 && expected.dimension != meta_.dimension) {
    throw Error(
        Code::mismatch, fmt::format("index `{}` was built for another dimension", name_),
        {.expected = std::to_string(expected.dimension), .found = std::to_string(meta_.dimension)});
  }
  metric_ = &distance::metric(meta_.metric);
  codec_ = &link_codec(meta_.codec);
  const std::string_view encoding = metric_->element == distance::Element::bit ? "bits" : "f32";
  if (meta_.encoding != encoding || meta_.layout != "apart") {
    throw Error(Code::unsupported,
                fmt::format("index `{}` has encoding `{}` and layout `{}`, which this program does "
                            "not read",
                            name_, meta_.encoding, meta_.layout));
  }
}

Graph StoredIndex::load_graph() const {
  const std::string table = table_name(name_, "links");
  std::vector<unsigned> tops(meta_.items, 0);
  std::vector<Slot> decoded;
  // Two passes: the first finds each item's top level, so that the second can lay lists out.
  const auto scan = [&](auto&& visit) {
    const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
    Code code = cursor->seek({});
    std::vector<std::uint64_t> met(meta_.items_per_level.size(), 0);
    for (; code == Code::ok; code = cursor->next()) {
      const kv::Key key = cursor->key();
      if (key.size() != sizeof(LinkKey::bytes))
        throw damaged(table, key, "its key is not a level and a slot");
      const auto level = std::to_integer<unsigned>(key[0]);
      const Slot slot = load_be32(key.data() + 1);
      if (slot >= meta_.items || level > meta_.top_level) {
        throw damaged(table, key, "its key names a level or slot that the index does not have");
      }
      // Keys ascend, so an item's level must follow the level below it.
      if (level > 0 && tops[slot] < level - 1) {
        throw damaged(table, key, "the item is missing on the level below");
      }
      ++met[level];
      visit(key, level, slot, cursor->value());
    }
    if (code != Code::not_found) check(code, table, {}, "reading links");
    if (met != meta_.items_per_level) {
      throw damaged(table, {}, "the number of records differs from the meta record's");
    }
  };
  scan([&](kv::Key, unsigned level, Slot slot, const kv::View&) { tops[slot] = level; });
  Graph graph(meta_.bounds);
  graph.reserve(meta_.items);
  for (const unsigned top : tops) graph.add_item(top);
  scan([&](kv::Key key, unsigned level, Slot slot, const kv::View& value) {
    if (codec_->decode(value.bytes(),
                       {slot, static_cast<Slot>(meta_.items), meta_.bounds.at(level)},
                       decoded) != Code::ok) {
      throw damaged(table, key, fmt::format("not a list of codec `{}`", codec_->name()));
    }
    for (const Slot target : decoded) {
      if (tops[target] < level)
        throw damaged(table, key, "a link leads to an item of a lower level");
    }
    graph.set_links(level, slot, decoded);
  });
  for (const Slot entry : meta_.entry_points) {
    if (tops[entry] != meta_.top_level) {
      throw damaged(table_name(name_, "meta"), as_bytes("meta"),
                    "an entry point is not on the top level");
    }
  }
  graph.set_entry_points(meta_.entry_points);
  return graph;
}

Rows StoredIndex::load_rows() const {
  const std::string table = table_name(name_, "vectors");
  Rows rows(*metric_, meta_.dimension, meta_.items);
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(vectors_);
  Code code = cursor->seek({});
  std::size_t next = 0;
  for (; code == Code::ok; code = cursor->next(), ++next) {
    const kv::Key key = cursor->key();
    const kv::View value = cursor->value();
    if (next >= meta_.items || key.size() != sizeof(VectorKey::bytes) ||
        load_be32(key.data()) != next) {
      throw damaged(table, key, fmt::format("expected the vector of slot {}", next));
    }
    if (value.size != rows.row_bytes()) {
      throw damaged(table, key,
                    fmt::format("{} bytes where a row has {}", value.size, rows.row_bytes()));
    }
    std::memcpy(rows.mutable_row(static_cast<Slot>(next)), value.data, value.size);
  }
  if (code != Code::not_found) check(code, table, {}, "reading vectors");
  if (next != meta_.items) {
    throw damaged(table, VectorKey(static_cast<Slot>(next)).bytes, "it is missing");
  }
  return rows;
}

std::vector<std::string> list_indexes(kv::Store& store) {
  constexpr std::string_view suffix = ".meta";
  std::vector<std::string> names;
  for (const std::string& table : store.tables()) {
    if (table.size() > suffix.size() && std::string_view(table).ends_with(suffix)) {
      names.push_back(table.substr(0, table.size() - suffix.size()));
    }
  }
  return names;
}

}  // namespace skerry::graph
