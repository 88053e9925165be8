#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/formats/input_file.h"
#include "experiments/graphs/hannoy.h"
#include "kv/lmdb_format.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view open_spec = "hannoy(";

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::uint16_t parse_index(std::string_view text) {
  std::uint16_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(Code::invalid_argument,
                fmt::format("`index={}` of hannoy must be a number from 0 to 65535", text));
  }
  return index;
}

/// Takes options off the end of `path, key=value, ..`. Paths may have commas themselves.
HannoyChoice parse_spec(std::string_view text) {
  constexpr std::array<std::string_view, 2> known = {"index", "database"};
  HannoyChoice choice;
  while (true) {
    const std::size_t comma = text.rfind(',');
    if (comma == text.npos) break;
    const std::string_view option = trim(text.substr(comma + 1));
    const std::size_t equals = option.find('=');
    if (equals == option.npos || option.find('/') < equals) break;
    const std::string_view key = trim(option.substr(0, equals));
    const std::string_view value = trim(option.substr(equals + 1));
    if (key == "index" && !choice.index) {
      choice.index = parse_index(value);
    } else if (key == "database" && !choice.database) {
      choice.database = std::string(value);
    } else {
      throw Error(Code::invalid_argument, unknown_name("option of hannoy", key, known));
    }
    text = text.substr(0, comma);
  }
  choice.file = trim(text);
  if (choice.file.empty()) {
    throw Error(Code::invalid_argument, "`hannoy(PATH, index=0, database=NAME)` needs a path");
  }
  return choice;
}

bool is_lmdb_file(const fs::path& path) {
  const InputFile file(path.string());
  std::byte magic[4] = {};
  if (file.size() < kv::lmdb::page_header + sizeof(magic)) return false;
  file.read_at(kv::lmdb::page_header, magic, sizeof(magic));
  return load<std::uint32_t>(magic) == kv::lmdb::magic;
}

}  // namespace

std::optional<HannoyChoice> hannoy_choice(const fs::path& path) {
  const std::string text = path.string();
  const bool spec = text.starts_with(open_spec) && text.ends_with(')');
  HannoyChoice choice;
  if (spec) {
    choice = parse_spec(
        std::string_view(text).substr(open_spec.size(), text.size() - open_spec.size() - 1));
  } else {
    choice.file = path;
  }
  if (fs::is_directory(choice.file)) {
    choice.file /= "data.mdb";
    if (!fs::exists(choice.file)) {
      throw Error(Code::not_found, "the directory has no data.mdb, so that it is none of hannoy",
                  {.path = choice.file.parent_path().string()});
    }
    return choice;
  }
  if (spec || (fs::exists(path) && is_lmdb_file(path))) return choice;
  return {};
}

}  // namespace skerry::experiments
