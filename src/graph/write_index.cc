#include "graph/write_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "base/spec.h"
#include "graph/codes.h"
#include "graph/digest.h"
#include "graph/ids.h"
#include "graph/packing.h"
#include "graph/record_sink.h"

namespace skerry::graph {

namespace {

struct Tables {
  kv::TableId meta, ids, vectors, codes, links, reverse, parents;
};

class IndexWriter {
 public:
  IndexWriter(std::string_view name, const Tables& tables, const Rows& rows, const Graph& graph,
              std::span<const Slot> items, const LinkCodec& codec, const Layout& layout,
              RecordSink& sink)
      : name_(name),
        tables_(tables),
        rows_(&rows),
        graph_(&graph),
        items_(items),
        codec_(&codec),
        layout_(layout),
        packing_(layout, graph.size(), rows.row_bytes()),
        sink_(&sink) {}

  /// Before the first run: from here on rows have codes.
  void code_with(const distance::Encoder& encoder) {
    encoder_ = &encoder;
    code_.resize(encoder.code_bytes());
    if (layout_.codes_inline) codes_ = encode_rows(encoder, *rows_);
    add(tables_.codes, "codes", mean_key, mean_value(encoder));
  }

  /// All records of the slots first..last-1, which begin and end with values.
  void run(Slot first, Slot last) {
    write_rows(first, last);
    if (encoder_ != nullptr) write_codes(first, last);
    if (!layout_.together) write_base_lists(first, last);
    for (unsigned level = 1; level <= graph_->top_level(); ++level) {
      for (Slot slot = first; slot < last; ++slot) {
        if (level >= graph_->levels_of(slot)) continue;
        value_.clear();
        codec_->encode(graph_->links(level, slot), slot, value_);
        add(tables_.links, "links", LinkKey(level, slot).bytes, value_);
      }
    }
    sink_->end_run();
  }

  /// What `ids` must hold: blocks that differ from slots being ids, then items by id.
  void ids(std::span<const ItemId> ids) {
    std::vector<std::pair<ItemId, Slot>> elsewhere;
    for (std::size_t first = 0; first < ids.size(); first += ids_per_value) {
      const std::size_t last = std::min(first + ids_per_value, ids.size());
      value_.resize((last - first) * sizeof(ItemId));
      bool differs = false;
      for (std::size_t slot = first; slot < last; ++slot) {
        store(value_.data() + (slot - first) * sizeof(ItemId), ids[slot]);
        if (ids[slot] == slot) continue;
        differs = true;
        elsewhere.emplace_back(ids[slot], static_cast<Slot>(slot));
      }
      if (!differs) continue;
      add(tables_.ids, "ids", IdBlockKey(static_cast<Slot>(first / ids_per_value)).bytes, value_);
    }
    std::sort(elsewhere.begin(), elsewhere.end());
    for (const auto& [id, slot] : elsewhere) {
      value_.resize(sizeof(Slot));
      store(value_.data(), slot);
      add(tables_.ids, "ids", ItemKey(id).bytes, value_);
    }
  }

  /// `lineage` by row, `slots` by row.
  void parents(std::span<const Lineage> lineage, std::span<const Slot> slots) {
    for (std::size_t slot = 0; slot < items_.size(); ++slot) {
      Lineage own = lineage[items_[slot]];
      if (own.parent != no_slot) own.parent = slots[own.parent];
      add(tables_.parents, "parents", VectorKey(static_cast<Slot>(slot)).bytes, own.encode());
    }
  }

  void reverse() {
    const LinkCodec& codec = reverse_codec();
    std::vector<std::vector<Slot>> in(graph_->size());
    for (unsigned level = 0; level <= graph_->top_level(); ++level) {
      for (std::vector<Slot>& list : in) list.clear();
      for (std::size_t i = 0; i < graph_->size(); ++i) {
        const auto slot = static_cast<Slot>(i);
        if (level >= graph_->levels_of(slot)) continue;
        for (const Slot target : graph_->links(level, slot)) in[target].push_back(slot);
      }
      for (std::size_t i = 0; i < graph_->size(); ++i) {
        if (in[i].empty()) continue;
        value_.clear();
        codec.encode(in[i], static_cast<Slot>(i), value_);
        add(tables_.reverse, "reverse", LinkKey(level, static_cast<Slot>(i)).bytes, value_);
      }
    }
  }

  void meta(const Meta& meta) {
    add(tables_.meta, "meta", as_bytes("meta"), as_bytes(meta.encode()));
  }

 private:
  void write_rows(Slot first, Slot last) {
    if (first == last) return;
    for (Slot block = packing_.row_block(first); block <= packing_.row_block(last - 1); ++block) {
      const Packing::Range range = packing_.rows_in(block);
      const std::size_t row_bytes = rows_->row_bytes();
      value_.clear();
      for (Slot slot = range.first; slot < range.last; ++slot) {
        const std::byte* row = (*rows_)[items_[slot]];
        value_.insert(value_.end(), row, row + row_bytes);
      }
      if (layout_.together) append_lists(block);
      add(tables_.vectors, "vectors", VectorKey(block).bytes, value_);
    }
  }

  void write_codes(Slot first, Slot last) {
    for (Slot slot = first; slot < last; ++slot) {
      encoder_->encode((*rows_)[items_[slot]], code_.data());
      add(tables_.codes, "codes", VectorKey(slot).bytes, code_);
    }
  }

  void write_base_lists(Slot first, Slot last) {
    if (first == last) return;
    for (Slot block = packing_.list_block(first); block <= packing_.list_block(last - 1); ++block) {
      value_.clear();
      append_lists(block);
      if (layout_.codes_inline) append_codes(block);
      add(tables_.links, "links", LinkKey(0, block).bytes, value_);
    }
  }

  void append_lists(Slot block) {
    const Packing::Range range = packing_.lists_in(block);
    lists_.resize(range.last - range.first);
    for (Slot slot = range.first; slot < range.last; ++slot) {
      std::vector<std::byte>& list = lists_[slot - range.first];
      list.clear();
      codec_->encode(graph_->links(0, slot), slot, list);
    }
    packing_.pack_lists(lists_, value_);
  }

  /// Of the targets of the one list that `value_` holds.
  void append_codes(Slot slot) {
    for (const Slot target : graph_->links(0, slot)) {
      const std::byte* code = codes_[items_[target]];
      value_.insert(value_.end(), code, code + codes_.row_bytes());
    }
  }

  void add(kv::TableId table, std::string_view part, kv::Key key, Bytes value) {
    if (const Code code = sink_->add(table, key, value); code != Code::ok) {
      throw Error(code, fmt::format("writing a record failed: {}", skerry::name(code)),
                  {.table = table_name(name_, part), .key = to_hex(key)});
    }
  }

  std::string_view name_;
  Tables tables_;
  const Rows* rows_;
  const Graph* graph_;
  std::span<const Slot> items_;
  const LinkCodec* codec_;
  Layout layout_;
  Packing packing_;
  RecordSink* sink_;
  const distance::Encoder* encoder_ = nullptr;
  std::vector<std::byte> code_;
  RowBlock codes_;  ///< by row, where they lie inline
  std::vector<std::byte> value_;
  std::vector<std::vector<std::byte>> lists_;
};

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
  Tables tables{};
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
  IndexWriter writer(name, tables, rows, numbered, items, *options.codec, meta.layout, *sink);

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
