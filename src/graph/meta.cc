#include "graph/meta.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace skerry::graph {

using nlohmann::json;

std::string Meta::encode() const {
  const json object = {
      {"format", format_version},
      {"metric", metric},
      {"dimension", dimension},
      {"encoding", encoding},
      {"codec", codec},
      {"layout", layout.spec()},
      {"order", order},
      {"M", bounds.M},
      {"M0", bounds.M0},
      {"build",
       {{"forward_links", build.forward_links},
        {"ef_construction", build.ef_construction},
        {"selection", build.selection},
        {"overflow", build.overflow},
        {"levels", build.levels},
        {"schedule", build.schedule},
        {"repair", build.repair},
        {"in_links", build.in_links},
        {"connectivity", build.connectivity},
        {"construction", build.construction}}},
      {"seed", seed},
      {"items", items},
      {"slots", slots},
      {"tombstones", tombstones},
      {"gone", gone},
      {"free", free},
      {"own_ids", own_ids},
      {"staged", staged},
      {"top_level", top_level},
      {"entry_points", entry_points},
      {"root", root == no_slot ? json() : json(root)},
      {"ranks", ranks},
      {"items_per_level", items_per_level},
      {"links", links},
      {"digest", digest},
  };
  return object.dump();
}

namespace {

/// Checks that hold between the fields of any index that a build wrote.
const char* contradiction(const Meta& meta) {
  if (meta.dimension == 0 || meta.dimension > (std::size_t{1} << 24)) return "dimension";
  if (meta.slots > max_slots) return "slots";
  for (const std::uint64_t count : {meta.items, meta.tombstones, meta.gone, meta.free}) {
    if (count > meta.slots) return "slots";
  }
  if (meta.nodes() + meta.gone + meta.free != meta.slots) return "slots";
  if (meta.bounds.M == 0 || meta.bounds.M > 4096) return "M";
  if (meta.bounds.M0 < meta.bounds.M || meta.bounds.M0 > 4096) return "M0";
  if (meta.top_level > 63) return "top_level";
  if ((meta.nodes() == 0) != meta.entry_points.empty()) return "entry_points";
  for (const Slot slot : meta.entry_points) {
    if (slot >= meta.slots) return "entry_points";
  }
  if (meta.root != no_slot && meta.root >= meta.slots) return "root";
  const std::size_t levels = meta.nodes() == 0 ? 0 : meta.top_level + 1U;
  if (meta.items_per_level.size() != levels) return "items_per_level";
  std::uint64_t below = meta.nodes();
  for (const std::uint64_t count : meta.items_per_level) {
    if (count == 0 || count > below) return "items_per_level";
    below = count;
  }
  if (levels > 0 && meta.items_per_level[0] != meta.nodes()) return "items_per_level";
  if (meta.digest.size() != 32) return "digest";
  return nullptr;
}

/// A layout as it was written: resolved, and one that this program knows.
template <class Corrupt>
Layout decode_layout(const std::string& spec, const Corrupt& corrupt) {
  Layout layout;
  try {
    layout = Layout::parse(spec);
  } catch (const Error& error) {
    throw corrupt(error.what());
  }
  if (layout.rows_per_value == Layout::page || layout.rows_per_value == Layout::fit ||
      layout.lists_per_value == Layout::page) {
    throw corrupt("field `layout` gives no number of items to a value");
  }
  return layout;
}

}  // namespace

Meta Meta::decode(Bytes value, std::string_view table) {
  const auto corrupt = [&](const std::string& what) {
    return Error(Code::corrupt, "the index's meta record is damaged: " + what,
                 {.table = std::string(table), .key = "meta"});
  };
  const std::string_view text = as_text(value);
  const json object = json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object()) throw corrupt("it is not a JSON object");
  try {
    const auto format = object.at("format").get<std::uint32_t>();
    if (format != format_version) {
      throw Error(Code::version, "the index has another format version than this program reads",
                  {.table = std::string(table),
                   .expected = std::to_string(format_version),
                   .found = std::to_string(format)});
    }
    Meta meta;
    object.at("metric").get_to(meta.metric);
    object.at("dimension").get_to(meta.dimension);
    object.at("encoding").get_to(meta.encoding);
    object.at("codec").get_to(meta.codec);
    meta.layout = decode_layout(object.at("layout").get<std::string>(), corrupt);
    object.at("order").get_to(meta.order);
    object.at("M").get_to(meta.bounds.M);
    object.at("M0").get_to(meta.bounds.M0);
    object.at("seed").get_to(meta.seed);
    const json& build = object.at("build");
    build.at("forward_links").get_to(meta.build.forward_links);
    build.at("ef_construction").get_to(meta.build.ef_construction);
    build.at("selection").get_to(meta.build.selection);
    build.at("overflow").get_to(meta.build.overflow);
    build.at("levels").get_to(meta.build.levels);
    build.at("schedule").get_to(meta.build.schedule);
    build.at("repair").get_to(meta.build.repair);
    build.at("in_links").get_to(meta.build.in_links);
    build.at("connectivity").get_to(meta.build.connectivity);
    meta.build.construction = build.value("construction", "f32");  // younger than format 3
    object.at("items").get_to(meta.items);
    object.at("slots").get_to(meta.slots);
    object.at("tombstones").get_to(meta.tombstones);
    object.at("gone").get_to(meta.gone);
    object.at("free").get_to(meta.free);
    object.at("own_ids").get_to(meta.own_ids);
    object.at("staged").get_to(meta.staged);
    object.at("top_level").get_to(meta.top_level);
    object.at("entry_points").get_to(meta.entry_points);
    if (!object.at("root").is_null()) object.at("root").get_to(meta.root);
    object.at("ranks").get_to(meta.ranks);
    object.at("items_per_level").get_to(meta.items_per_level);
    object.at("links").get_to(meta.links);
    object.at("digest").get_to(meta.digest);
    if (const char* field = contradiction(meta)) {
      throw corrupt(std::string("field `") + field + "` contradicts the others");
    }
    return meta;
  } catch (const json::exception& error) {
    throw corrupt(error.what());
  }
}

}  // namespace skerry::graph
