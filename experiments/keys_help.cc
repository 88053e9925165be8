#include "experiments/keys_help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "experiments/table.h"

namespace skerry::experiments {

std::string keys_help() {
  Table table({Align::left, Align::left, Align::left});
  table.add({"  dataset.path", "", "file of vectors, from the current directory"});
  table.add({"  dataset.queries", "",
             "file of queries, for formats with one matrix per file; or "
             "base(count=100): drawn"});
  table.add({"  dataset.neighbors", "", "file of true neighbours, likewise"});
  table.add({"  dataset.spec", "", "synthetic data instead, as uniform(n=10000, d=32)"});
  table.add({"  dataset.name", "", "public data instead: one of `skerry dataset list`"});
  table.add({"  dataset.limit", "all", "use only so many vectors"});
  for (const Key& key : keys()) {
    const std::string_view standing = key.default_value.empty() ? "required" : key.default_value;
    table.add({fmt::format("  {}.{}", key.table, key.name), std::string(standing),
               std::string(key.description)});
  }
  return fmt::format("Keys with their defaults; those of build and search may be lists (axes):\n{}",
                     table.text());
}

std::string default_text(const Key& key) {
  if (key.default_value.empty()) return "required";
  const bool digits = key.default_value.find_first_not_of("0123456789") == std::string_view::npos;
  return fmt::format(fmt::runtime(key.is_number && digits ? "{}" : "\"{}\""), key.default_value);
}

std::string values_text(const Key& key) {
  if (key.is_number) {
    if (key.low == key.high) return std::to_string(key.low);
    if (key.high == std::numeric_limits<std::int64_t>::max()) return fmt::format("{}..", key.low);
    return fmt::format("{}..{}", key.low, key.high);
  }
  if (key.check != nullptr) return fmt::format("`skerry describe {}`", key.column);
  return fmt::format("`\"{}\"`", fmt::join(key.known, "\"`, `\""));
}

std::string_view redone_text(Stage stage) {
  switch (stage) {
    case Stage::graph: return "the graph, and all that follows from it";
    case Stage::layout:
      return "the writing into the store, and the searches in it; the graph is kept";
    case Stage::search: return "the search; graph and store are kept";
  }
  return "";
}

std::string example_text(const Key& key) {
  if (key.default_value.empty()) return fmt::format("{} = \"cosine\"", key.name);
  if (!key.is_number) {
    if (key.known.size() < 2) return fmt::format("{} = {}", key.name, default_text(key));
    return fmt::format("{} = [\"{}\", \"{}\"]", key.name, key.known[0], key.known[1]);
  }
  if (default_text(key).front() == '"') {
    return fmt::format("{} = [{}, {}]", key.name, default_text(key),
                       std::min<std::int64_t>(key.high, 64));
  }
  const std::int64_t first = std::stoll(std::string(key.default_value));
  if (first < 1 || key.high / 4 < first) return fmt::format("{} = {}", key.name, first);
  return fmt::format("{} = \"{}..{}*2\"", key.name, first, 4 * first);
}

std::string key_table_markdown(std::string_view table) {
  std::string text = "| key | default | values | meaning |\n|---|---|---|---|\n";
  for (const Key& key : keys()) {
    if (key.table != table) continue;
    const std::string standing = default_text(key);
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name,
                        standing.front() == '"' ? "`" + standing + "`" : standing, values_text(key),
                        key.description);
  }
  return text;
}

}  // namespace skerry::experiments
