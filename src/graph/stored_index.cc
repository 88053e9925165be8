#include "graph/stored_index.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "graph/codes.h"

namespace skerry::graph {

StoredIndex::StoredIndex(kv::Store& store, std::string_view name, const Expectation& expected)
    : name_(name) {
  // Only who asks in vain waits for a list of all: there may be many thousands.
  if (!store.has_table(table_name(name_, "meta"))) {
    std::vector<std::string> present = list_indexes(store);
    constexpr std::size_t shown = 20;
    if (present.empty()) present.emplace_back("none");
    if (present.size() > shown) {
      present[shown] = fmt::format("and {} more", present.size() - shown);
      present.resize(shown + 1);
    }
    throw Error(Code::not_found, fmt::format("the store has no index `{}`; it has: {}", name_,
                                             fmt::join(present, ", ")));
  }
  meta_table_ = store.table(table_name(name_, "meta"));
  vectors_ = store.table(table_name(name_, "vectors"));
  links_ = store.table(table_name(name_, "links"));
  std::optional<kv::TableId> dead_table;
  // A table must be open before the snapshot that reads it, and the meta record says which are
  // needed: whoever finds one that is not open yet takes another snapshot.
  const auto missing = [&](bool needed, std::optional<kv::TableId>& table, std::string_view part) {
    if (!needed || table) return false;
    table = store.table(table_name(name_, part));
    return true;
  };
  do {
    snapshot_ = store.snapshot();
    meta_ = read_meta(*snapshot_, meta_table_, name_);
  } while (missing(meta_.own_ids, ids_table_, "ids") ||
           missing(meta_.items != meta_.slots, dead_table, "dead") ||
           missing(meta_.slots > 0 && keeps_codes(meta_.encoding), codes_table_, "codes"));
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
  const distance::Encoding* encoding = stored_encoding(meta_, *metric_, name_);
  if (encoding != nullptr && meta_.slots > 0) load_encoder(*encoding);
  packing_ = Packing(meta_.layout, meta_.slots, row_bytes());
  ids_ = IdMap(*snapshot_, ids_table_, table_name(name_, "ids"), meta_.slots);
  if (dead_table) {
    dead_ = DeadSlots::load(*snapshot_, *dead_table, table_name(name_, "dead"), meta_);
  }
}

void StoredIndex::load_encoder(const distance::Encoding& encoding) {
  const std::string table = table_name(name_, "codes");
  kv::Scope scope;
  kv::View value;
  const Code code = snapshot_->get(*codes_table_, mean_key, scope, value);
  if (code != Code::ok) {
    throw Error(code == Code::not_found ? Code::corrupt : code,
                fmt::format("the mean of the codes cannot be read: {}", skerry::name(code)),
                {.table = table, .key = to_hex(mean_key)});
  }
  encoder_ = decode_encoder(encoding, *metric_, meta_.dimension, value.bytes(), table);
}

std::optional<Slot> StoredIndex::slot_of(ItemId id) const {
  const std::optional<Slot> slot = ids_.slot_of(id);
  return slot && !dead_.dead(*slot) ? slot : std::nullopt;
}

Code StoredIndex::get_list(unsigned level, Slot slot, kv::Scope& scope, kv::View& value,
                           Bytes& list) const {
  if (level > 0) {
    const LinkKey key(level, slot);
    const Code code = snapshot_->get(links_, key.bytes, scope, value);
    if (code == Code::ok) list = value.bytes();
    return code;
  }
  const Slot block = packing_.list_block(slot);
  const Code code = packing_.together()
                        ? snapshot_->get(vectors_, VectorKey(block).bytes, scope, value)
                        : snapshot_->get(links_, LinkKey(0, block).bytes, scope, value);
  return code == Code::ok ? packing_.list(value.bytes(), slot, list) : code;
}

Code StoredIndex::get_row(Slot slot, kv::Scope& scope, Bytes& row) const {
  kv::View value;
  const VectorKey key(packing_.row_block(slot));
  Code code = snapshot_->get(vectors_, key.bytes, scope, value);
  const std::byte* place = nullptr;
  if (code == Code::ok) code = packing_.row(value.bytes(), slot, place);
  if (code != Code::ok) return code;
  if (dead_.vacant(slot)) return Code::not_found;  // a value of several rows has a place for it
  row = {place, row_bytes()};
  return Code::ok;
}

void StoredIndex::for_each_item(const std::function<void(ItemId, Slot)>& visit) const {
  const std::vector<ItemId> ids = ids_.load();
  for (std::size_t i = 0; i < meta_.slots; ++i) {
    const auto slot = static_cast<Slot>(i);
    if (!dead_.dead(slot)) visit(ids.empty() ? ItemId{slot} : ids[slot], slot);
  }
}

Meta read_meta(const kv::Snapshot& snapshot, kv::TableId table, std::string_view index) {
  const std::string name = table_name(index, "meta");
  kv::Scope scope;
  kv::View value;
  const Code code = snapshot.get(table, as_bytes("meta"), scope, value);
  if (code == Code::not_found) {
    throw Error(Code::not_found, "the index has no meta record: it was never finished",
                {.table = name});
  }
  if (code != Code::ok) {
    throw Error(code, fmt::format("reading the meta record failed: {}", skerry::name(code)),
                {.table = name, .key = "meta"});
  }
  return Meta::decode(value.bytes(), name);
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
