#include "graph/stored_index.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"

namespace skerry::graph {

namespace {

void check(Code code, const std::string& table, Bytes key, std::string_view doing) {
  if (code != Code::ok) {
    throw Error(code, fmt::format("{} failed: {}", doing, name(code)),
                {.table = table, .key = to_hex(key)});
  }
}

}  // namespace

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
  meta_table_ = store.table(meta_name);
  vectors_ = store.table(table_name(name_, "vectors"));
  links_ = store.table(table_name(name_, "links"));
  const std::string ids_name = table_name(name_, "ids");
  const std::vector<std::string> tables = store.tables();
  const bool has_ids = std::find(tables.begin(), tables.end(), ids_name) != tables.end();
  if (has_ids) ids_table_ = store.table(ids_name);
  snapshot_ = store.snapshot();

  kv::Scope scope;
  kv::View value;
  const Code code = snapshot_->get(meta_table_, as_bytes("meta"), scope, value);
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
  if (meta_.encoding != encoding) {
    throw Error(Code::unsupported,
                fmt::format("index `{}` has encoding `{}`, which this program does not read", name_,
                            meta_.encoding));
  }
  packing_ = Packing(meta_.layout, meta_.items, row_bytes());
  if (meta_.dense_ids()) return;
  if (!has_ids)
    throw Error(Code::corrupt, "the index's table of ids is missing", {.table = ids_name});
  load_ids();
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
