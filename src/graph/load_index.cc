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

/// Visits the records of `vectors` or `codes` from `start`, whose keys are blocks 0, 1, ..
/// blocks-1, each exactly once but those of which `absent(block)` holds.
template <class Absent, class Visit>
void each_block(kv::Cursor& cursor, const std::string& table, std::size_t blocks, Absent&& absent,
                Visit&& visit, kv::Key start = {}) {
  Slot next = 0;
  const auto skip = [&] {
    while (next < blocks && absent(next)) ++next;
  };
  Code code = cursor.seek(start);
  for (skip(); code == Code::ok; code = cursor.next(), ++next, skip()) {
    const kv::Key key = cursor.key();
    if (next >= blocks || key.size() != sizeof(VectorKey::bytes) || load_be32(key.data()) != next) {
      throw damaged(table, key, fmt::format("expected the record of block {}", next));
    }
    visit(key, next, cursor.value());
  }
  require(code, table);
  if (next != blocks) throw damaged(table, VectorKey(next).bytes, "it is missing");
}

}  // namespace

/// On how many levels each slot is present, from the records above level 0, which it checks.
std::vector<unsigned> StoredIndex::load_levels() const {
  const std::string table = table_name(name_, "links");
  std::vector<unsigned> levels(meta_.slots, 1);
  for (std::size_t slot = 0; !dead_.vacant_none() && slot < levels.size(); ++slot) {
    if (dead_.vacant(static_cast<Slot>(slot))) levels[slot] = 0;
  }
  std::vector<std::uint64_t> met(meta_.items_per_level.size(), 0);
  if (!met.empty()) met[0] = meta_.nodes();
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
  Code code = cursor->seek(LinkKey(1, 0).bytes);
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    if (key.size() != sizeof(LinkKey::bytes)) {
      throw damaged(table, key, "its key is not a level and a slot");
    }
    const auto level = std::to_integer<unsigned>(key[0]);
    const Slot slot = load_be32(key.data() + 1);
    if (slot >= meta_.slots || level > meta_.top_level) {
      throw damaged(table, key, "its key names a level or slot that the index does not have");
    }
    // Keys ascend, so an item's level must follow the level below it.
    if (levels[slot] != level) {
      throw damaged(table, key, "the item is missing on the level below");
    }
    ++met[level];
    levels[slot] = level + 1;
  }
  require(code, table);
  if (met != meta_.items_per_level) {
    throw damaged(table, {}, "the number of records differs from the meta record's");
  }
  return levels;
}

void StoredIndex::decode_list(unsigned level, Slot slot, const std::string& table, Bytes key,
                              Bytes list, const std::vector<unsigned>& levels,
                              std::vector<Slot>& decoded) const {
  const ListContext context{slot, static_cast<Slot>(meta_.slots), meta_.bounds.at(level)};
  if (codec_->decode(list, context, decoded) != Code::ok) {
    throw damaged(table, key, fmt::format("not a list of codec `{}`", codec_->name()));
  }
  for (const Slot target : decoded) {
    if (levels[target] > level || dead_.gone.contains(target)) continue;
    throw damaged(table, key,
                  fmt::format("a link leads to slot {}, which {}", target,
                              levels[target] == 0 ? "is free" : "is not on this level"));
  }
}

void StoredIndex::load_base_lists(Graph& graph, const std::vector<unsigned>& levels) const {
  std::vector<Slot> decoded;
  const auto take = [&](const std::string& table, kv::Key key, Slot block, const kv::View& value) {
    const Packing::Range range = packing_.lists_in(block);
    for (Slot slot = range.first; slot < range.last; ++slot) {
      Bytes list;
      const Code code = packing_.list(value.bytes(), slot, list);
      if (code == Code::not_found && levels[slot] == 0) continue;
      if (code != Code::ok || levels[slot] == 0) {
        throw damaged(
            table, key,
            fmt::format("it holds {} of slot {}", levels[slot] == 0 ? "a list" : "no list", slot));
      }
      decode_list(0, slot, table, key, list, levels, decoded);
      if (packing_.codes_inline()) {
        const std::size_t bytes = Packing::behind(value.bytes(), list).size();
        const std::size_t due = decoded.size() * encoder_->code_bytes();
        if (bytes != due) {
          throw damaged(table, key,
                        fmt::format("{} bytes where the codes of {} links have {}", bytes,
                                    decoded.size(), due));
        }
      }
      graph.set_links(0, slot, decoded);
    }
  };
  if (packing_.together()) {
    const std::string table = table_name(name_, "vectors");
    const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(vectors_);
    each_block(
        *cursor, table, packing_.list_blocks(), [](Slot) { return false; },
        [&](kv::Key key, Slot block, const kv::View& value) { take(table, key, block, value); });
    return;
  }
  const std::string table = table_name(name_, "links");
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
  Slot next = 0;
  const auto skip = [&] {
    if (packing_.lists_per_value() > 1) return;
    while (next < packing_.list_blocks() && levels[next] == 0) ++next;
  };
  Code code = cursor->seek({});
  for (skip(); code == Code::ok; code = cursor->next(), ++next, skip()) {
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
  const std::vector<unsigned> levels = load_levels();
  Graph graph(meta_.bounds);
  graph.reserve(meta_.slots);
  for (const unsigned count : levels) {
    if (count == 0) {
      graph.add_vacant();
    } else {
      graph.add_item(count - 1);
    }
  }
  load_base_lists(graph, levels);

  const std::string table = table_name(name_, "links");
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(links_);
  std::vector<Slot> decoded;
  Code code = cursor->seek(LinkKey(1, 0).bytes);
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    const auto level = std::to_integer<unsigned>(key[0]);
    const Slot slot = load_be32(key.data() + 1);
    decode_list(level, slot, table, key, cursor->value().bytes(), levels, decoded);
    graph.set_links(level, slot, decoded);
  }
  require(code, table);
  for (const Slot entry : meta_.entry_points) {
    if (levels[entry] != meta_.top_level + 1) {
      throw damaged(table_name(name_, "meta"), as_bytes("meta"),
                    "an entry point is not on the top level");
    }
  }
  graph.set_entry_points(meta_.entry_points);
  return graph;
}

Rows StoredIndex::load_rows() const {
  const std::string table = table_name(name_, "vectors");
  Rows rows(*metric_, meta_.dimension, meta_.slots);
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(vectors_);
  const auto absent = [&](Slot block) {
    return packing_.rows_per_value() == 1 && !packing_.together() && dead_.vacant(block);
  };
  each_block(*cursor, table, packing_.row_blocks(), absent,
             [&](kv::Key key, Slot block, const kv::View& value) {
               const Packing::Range range = packing_.rows_in(block);
               for (Slot slot = range.first; slot < range.last; ++slot) {
                 const std::byte* row = nullptr;
                 if (packing_.row(value.bytes(), slot, row) != Code::ok) {
                   throw damaged(table, key,
                                 fmt::format("{} bytes where {} rows have {}", value.size,
                                             range.last - range.first,
                                             (range.last - range.first) * rows.row_bytes()));
                 }
                 std::memcpy(rows.mutable_row(slot), row, rows.row_bytes());
               }
             });
  return rows;
}

RowBlock StoredIndex::load_codes() const {
  const std::string table = table_name(name_, "codes");
  RowBlock codes(encoder_->code_bytes(), meta_.slots);
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(*codes_table_);
  const auto take = [&](kv::Key key, Slot slot, const kv::View& value) {
    if (value.size != codes.row_bytes()) {
      throw damaged(table, key,
                    fmt::format("{} bytes where a code has {}", value.size, codes.row_bytes()));
    }
    std::memcpy(codes.mutable_row(slot), value.bytes().data(), value.size);
  };
  const VectorKey first(0);
  each_block(
      *cursor, table, meta_.slots, [&](Slot slot) { return dead_.vacant(slot); }, take,
      first.bytes);
  return codes;
}

}  // namespace skerry::graph
