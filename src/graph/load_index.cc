// Reading a whole index into memory: the other half of stored_index.h.

#include <fmt/format.h>

#include <cstring>

#include "base/error.h"
#include "graph/stored_index.h"

namespace skerry::graph {

namespace {

Error damaged(const std::string& table, Bytes key, std::string_view what) {
  return {Code::corrupt,
          fmt::format("the record is damaged: {}", what),
          {.table = table, .key = to_hex(key)}};
}

void require(Code code, const std::string& table) {
  if (code != Code::ok && code != Code::not_found) {
    throw Error(code, fmt::format("reading records failed: {}", name(code)), {.table = table});
  }
}

/// Visits the records of a table whose keys are blocks 0, 1, .. blocks-1, each exactly once.
template <class Visit>
void each_block(kv::Cursor& cursor, const std::string& table, std::size_t blocks, Visit&& visit) {
  Code code = cursor.seek({});
  std::size_t next = 0;
  for (; code == Code::ok; code = cursor.next(), ++next) {
    const kv::Key key = cursor.key();
    if (next >= blocks || key.size() != sizeof(VectorKey::bytes) || load_be32(key.data()) != next) {
      throw damaged(table, key, fmt::format("expected the record of block {}", next));
    }
    visit(key, static_cast<Slot>(next), cursor.value());
  }
  require(code, table);
  if (next != blocks) {
    throw damaged(table, VectorKey(static_cast<Slot>(next)).bytes, "it is missing");
  }
}

}  // namespace

void StoredIndex::load_ids() {
  const std::string table = table_name(name_, "ids");
  ids_.resize(meta_.items);
  const std::size_t blocks = (meta_.items + ids_per_value - 1) / ids_per_value;
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(ids_table_);
  each_block(*cursor, table, blocks, [&](kv::Key key, Slot block, const kv::View& value) {
    const std::size_t first = block * ids_per_value;
    const std::size_t count = std::min(ids_per_value, ids_.size() - first);
    if (value.size != count * sizeof(ItemId)) {
      throw damaged(
          table, key,
          fmt::format("{} bytes where {} ids have {}", value.size, count, count * sizeof(ItemId)));
    }
    std::memcpy(ids_.data() + first, value.data, value.size);
  });
}

/// The top level of each item, from the records above level 0, which it checks.
std::vector<unsigned> StoredIndex::load_tops() const {
  const std::string table = table_name(name_, "links");
  std::vector<unsigned> tops(meta_.items, 0);
  std::vector<std::uint64_t> met(meta_.items_per_level.size(), 0);
  if (!met.empty()) met[0] = meta_.items;
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
  Code code = cursor->seek(LinkKey(1, 0).bytes);
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    if (key.size() != sizeof(LinkKey::bytes)) {
      throw damaged(table, key, "its key is not a level and a slot");
    }
    const auto level = std::to_integer<unsigned>(key[0]);
    const Slot slot = load_be32(key.data() + 1);
    if (slot >= meta_.items || level > meta_.top_level) {
      throw damaged(table, key, "its key names a level or slot that the index does not have");
    }
    // Keys ascend, so an item's level must follow the level below it.
    if (tops[slot] != level - 1) {
      throw damaged(table, key, "the item is missing on the level below");
    }
    ++met[level];
    tops[slot] = level;
  }
  require(code, table);
  if (met != meta_.items_per_level) {
    throw damaged(table, {}, "the number of records differs from the meta record's");
  }
  return tops;
}

void StoredIndex::decode_list(unsigned level, Slot slot, const std::string& table, Bytes key,
                              Bytes list, const std::vector<unsigned>& tops,
                              std::vector<Slot>& decoded) const {
  const ListContext context{slot, static_cast<Slot>(meta_.items), meta_.bounds.at(level)};
  if (codec_->decode(list, context, decoded) != Code::ok) {
    throw damaged(table, key, fmt::format("not a list of codec `{}`", codec_->name()));
  }
  for (const Slot target : decoded) {
    if (tops[target] < level) throw damaged(table, key, "a link leads to an item of a lower level");
  }
}

void StoredIndex::load_base_lists(Graph& graph, const std::vector<unsigned>& tops) const {
  std::vector<Slot> decoded;
  const auto take = [&](const std::string& table, kv::Key key, Slot block, const kv::View& value) {
    const Packing::Range range = packing_.lists_in(block);
    for (Slot slot = range.first; slot < range.last; ++slot) {
      Bytes list;
      if (packing_.list(value.bytes(), slot, list) != Code::ok) {
        throw damaged(table, key, fmt::format("it holds no list of slot {}", slot));
      }
      decode_list(0, slot, table, key, list, tops, decoded);
      graph.set_links(0, slot, decoded);
    }
  };
  if (packing_.together()) {
    const std::string table = table_name(name_, "vectors");
    const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(vectors_);
    each_block(
        *cursor, table, packing_.list_blocks(),
        [&](kv::Key key, Slot block, const kv::View& value) { take(table, key, block, value); });
    return;
  }
  const std::string table = table_name(name_, "links");
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
  Slot next = 0;
  Code code = cursor->seek({});
  for (; code == Code::ok; code = cursor->next(), ++next) {
    const kv::Key key = cursor->key();
    if (key.size() == sizeof(LinkKey::bytes) && key[0] != std::byte{0}) break;
    if (next >= packing_.list_blocks() || key.size() != sizeof(LinkKey::bytes) ||
        load_be32(key.data() + 1) != next) {
      throw damaged(table, key, fmt::format("expected the lists of block {} on level 0", next));
    }
    take(table, key, next, cursor->value());
  }
  require(code, table);
  if (next != packing_.list_blocks()) {
    throw damaged(table, LinkKey(0, next).bytes, "it is missing");
  }
}

Graph StoredIndex::load_graph() const {
  const std::vector<unsigned> tops = load_tops();
  Graph graph(meta_.bounds);
  graph.reserve(meta_.items);
  for (const unsigned top : tops) graph.add_item(top);
  load_base_lists(graph, tops);

  const std::string table = table_name(name_, "links");
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
  std::vector<Slot> decoded;
  Code code = cursor->seek(LinkKey(1, 0).bytes);
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    const auto level = std::to_integer<unsigned>(key[0]);
    const Slot slot = load_be32(key.data() + 1);
    decode_list(level, slot, table, key, cursor->value().bytes(), tops, decoded);
    graph.set_links(level, slot, decoded);
  }
  require(code, table);
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
  each_block(
      *cursor, table, packing_.row_blocks(), [&](kv::Key key, Slot block, const kv::View& value) {
        const Packing::Range range = packing_.rows_in(block);
        for (Slot slot = range.first; slot < range.last; ++slot) {
          const std::byte* row = nullptr;
          if (packing_.row(value.bytes(), slot, row) != Code::ok) {
            throw damaged(
                table, key,
                fmt::format("{} bytes where {} rows have {}", value.size, range.last - range.first,
                            (range.last - range.first) * rows.row_bytes()));
          }
          std::memcpy(rows.mutable_row(slot), row, rows.row_bytes());
        }
      });
  return rows;
}

}  // namespace skerry::graph
