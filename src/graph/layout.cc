#include "graph/layout.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "base/spec.h"

namespace skerry::graph {

namespace {

std::uint32_t per_value(const Arguments& arguments, std::string_view name) {
  if (arguments.is(name, "page")) return Layout::page;
  return static_cast<std::uint32_t>(arguments.integer(name, 1, Layout::max_per_value));
}

std::uint32_t vectors_per_value(const Arguments& arguments, std::string_view name) {
  return arguments.is(name, "fit") ? Layout::fit : per_value(arguments, name);
}

std::string per_value_text(std::uint32_t count) {
  if (count == Layout::fit) return "fit";
  return count == Layout::page ? "page" : std::to_string(count);
}

constexpr std::array<Parameter, 2> apart_parameters = {{
    {"vectors", "word", "1", "rows to a value: 1..4096, page or fit"},
    {"links", "word", "1", "lists of level 0 to a value: 1..4096 or page"},
}};
constexpr std::array<Parameter, 1> together_parameters = {{
    {"items", "word", "1", "rows and lists to a value: 1..4096 or page"},
}};
constexpr std::array<SpecKind, 3> kinds = {{
    {"apart", "rows and lists in tables of their own", apart_parameters},
    {"together", "rows and then their lists of level 0 in a value", together_parameters},
    {"inline", "as apart, and beside each list of level 0 the codes of its targets", {}},
}};

}  // namespace

std::span<const SpecKind> layout_kinds() { return kinds; }

Layout Layout::parse(std::string_view text) {
  constexpr std::array<std::string_view, 3> known = {kinds[0].name, kinds[1].name, kinds[2].name};
  const Spec spec = Spec::parse(text);
  if (spec.name == "apart") {
    const Arguments arguments(spec, apart_parameters);
    return {false, vectors_per_value(arguments, "vectors"), per_value(arguments, "links")};
  }
  if (spec.name == "together") {
    const Arguments arguments(spec, together_parameters);
    const std::uint32_t items = per_value(arguments, "items");
    return {true, items, items};
  }
  if (spec.name == "inline") {
    const Arguments none(spec, {});
    return {.codes_inline = true};
  }
  throw Error(Code::invalid_argument, unknown_name("layout", spec.name, known));
}

std::string Layout::spec() const {
  if (codes_inline) return "inline";
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

}  // namespace skerry::graph
