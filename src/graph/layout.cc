#include "graph/layout.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/spec.h"

namespace skerry::graph {

using nlohmann::json;

namespace {

std::uint32_t per_value(const Arguments& arguments, std::string_view name) {
  if (arguments.is(name, "page")) return Layout::page;
  return static_cast<std::uint32_t>(arguments.integer(name, 1, Layout::max_per_value));
}

std::string per_value_text(std::uint32_t count) {
  return count == Layout::page ? "page" : std::to_string(count);
}

}  // namespace

Layout Layout::parse(std::string_view text) {
  static constexpr std::array<Parameter, 2> apart_parameters = {{
      {"vectors", "word", "1", "rows to a value: 1..4096 or page"},
      {"links", "word", "1", "lists of level 0 to a value: 1..4096 or page"},
  }};
  static constexpr std::array<Parameter, 1> together_parameters = {{
      {"items", "word", "1", "rows and lists to a value: 1..4096 or page"},
  }};
  constexpr std::array<std::string_view, 2> known = {"apart", "together"};
  const Spec spec = Spec::parse(text);
  if (spec.name == "apart") {
    const Arguments arguments(spec, apart_parameters);
    return {false, per_value(arguments, "vectors"), per_value(arguments, "links")};
  }
  if (spec.name == "together") {
    const Arguments arguments(spec, together_parameters);
    const std::uint32_t items = per_value(arguments, "items");
    return {true, items, items};
  }
  if (spec.name == "inline") {
    throw Error(Code::unsupported,
                "layout `inline` keeps codes of the neighbours beside their ids; this release has "
                "no codes of vectors yet");
  }
  throw Error(Code::invalid_argument, unknown_name("layout", spec.name, known));
}

std::string Layout::spec() const {
  if (together) {
    return rows_per_value == 1 ? "together"
                               : fmt::format("together(items={})", per_value_text(rows_per_value));
  }
  std::string arguments;
  if (rows_per_value != 1) arguments = "vectors=" + per_value_text(rows_per_value);
  if (lists_per_value != 1) {
    if (!arguments.empty()) arguments += ", ";
    arguments += "links=" + per_value_text(lists_per_value);
  }
  return arguments.empty() ? "apart" : fmt::format("apart({})", arguments);
}

std::string table_name(std::string_view index, std::string_view part) {
  return std::string(index) + "." + std::string(part);
}

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
      {"seed", seed},
      {"items", items},
      {"top_level", top_level},
      {"entry_points", entry_points},
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
  if (meta.items > max_slots) return "items";
  if (meta.bounds.M == 0 || meta.bounds.M > 4096) return "M";
  if (meta.bounds.M0 < meta.bounds.M || meta.bounds.M0 > 4096) return "M0";
  if (meta.top_level > 63) return "top_level";
  if ((meta.items == 0) != meta.entry_points.empty()) return "entry_points";
  for (const Slot slot : meta.entry_points) {
    if (slot >= meta.items) return "entry_points";
  }
  const std::size_t levels = meta.items == 0 ? 0 : meta.top_level + 1U;
  if (meta.items_per_level.size() != levels) return "items_per_level";
  std::uint64_t below = meta.items;
  for (const std::uint64_t count : meta.items_per_level) {
    if (count == 0 || count > below) return "items_per_level";
    below = count;
  }
  if (levels > 0 && meta.items_per_level[0] != meta.items) return "items_per_level";
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
  if (layout.rows_per_value == Layout::page || layout.lists_per_value == Layout::page) {
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
    object.at("items").get_to(meta.items);
    object.at("top_level").get_to(meta.top_level);
    object.at("entry_points").get_to(meta.entry_points);
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
