#include "experiments/index/index_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/table.h"
#include "kv/open_store.h"

namespace skerry::experiments {

kv::Durability durability_of(const Parsed& parsed) {
  static constexpr std::array<std::string_view, 4> words = {"none", "process", "ordered", "power"};
  const std::string word = parsed.value("durability");
  const auto* const found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) {
    throw Error(Code::invalid_argument, unknown_name("durability", word, words));
  }
  return static_cast<kv::Durability>(found - words.begin());
}

unsigned threads_of(const Parsed& parsed) {
  return static_cast<unsigned>(whole_number("threads", parsed.value("threads"), 1, 1024));
}

std::string needed(const Parsed& parsed, std::string_view option) {
  if (!parsed.has(option)) {
    throw Error(Code::invalid_argument,
                fmt::format("--{} is missing; usage: {}", option, parsed.command->usage));
  }
  return parsed.value(option);
}

std::unique_ptr<kv::Store> open_to_read(const std::filesystem::path& path) {
  const std::string_view kind = kv::detect_store(path);
  try {
    return kv::open_store(kind, {.path = path, .read_only = true});
  } catch (const Error& error) {
    if (kind != "rocksdb" || error.code() != Code::busy) throw;
  }
  (void)open_to_write(path);
  return kv::open_store(kind, {.path = path, .read_only = true});
}

std::unique_ptr<kv::Store> open_to_write(const std::filesystem::path& path) {
  return kv::open_store(kv::detect_store(path), {.path = path});
}

std::string state_text(const graph::Meta& meta) {
  return fmt::format("{} items, graph digest {}", grouped(meta.items), meta.digest);
}

}  // namespace skerry::experiments
