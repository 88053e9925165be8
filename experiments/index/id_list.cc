#include "experiments/index/id_list.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/error.h"
#include "graph/ids.h"

namespace skerry::experiments {

namespace {

ItemId id_of(std::string_view text, const std::string& place) {
  ItemId id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc() || end != text.data() + text.size() || id == graph::no_item) {
    constexpr std::size_t most_shown = 40;
    throw Error(Code::invalid_argument,
                fmt::format("{}: `{}{}` is no id; ids are whole numbers in 0..{}", place,
                            text.substr(0, most_shown), text.size() > most_shown ? ".." : "",
                            graph::no_item - 1));
  }
  return id;
}

}  // namespace

std::vector<ItemId> ids_in_list(std::string_view list, std::string_view option) {
  std::vector<ItemId> ids;
  for (std::size_t at = 0;;) {
    const std::size_t comma = list.find(',', at);
    ids.push_back(id_of(list.substr(at, comma - at), fmt::format("--{}", option)));
    if (comma == std::string_view::npos) return ids;
    at = comma + 1;
  }
}

std::vector<ItemId> ids_in_text(std::string_view text, const std::string& path) {
  constexpr std::string_view blanks = " \t\r";
  std::vector<ItemId> ids;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos) continue;
    const std::size_t last = line.find_last_not_of(blanks);
    ids.push_back(
        id_of(line.substr(first, last - first + 1), fmt::format("{}, line {}", path, number)));
  }
  return ids;
}

std::string whole_input(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) throw Error(Code::not_found, "the file cannot be read", {.path = path});
  }
  std::istream& stream = path == "-" ? std::cin : file;
  // A directory opens and fails at its first byte.
  if (stream.peek() == std::istream::traits_type::eof()) {
    if (stream.bad()) throw Error(Code::io, "reading failed", {.path = path});
    return {};
  }
  std::ostringstream text;
  text << stream.rdbuf();
  if (stream.bad() || !text) throw Error(Code::io, "reading failed", {.path = path});
  return std::move(text).str();
}

}  // namespace skerry::experiments
