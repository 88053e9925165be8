#include "experiments/keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/size.h"
#include "base/spec.h"
#include "distance/metric.h"
#include "experiments/canonical.h"
#include "experiments/churn_via.h"
#include "experiments/cost/memory_limit.h"
#include "experiments/value_list.h"
#include "graph/codec/codec.h"
#include "graph/order/order.h"
#include "graph/reader.h"
#include "heuristics/registry.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

using Words = std::span<const std::string_view>;

void check_one_of(std::string_view kind, std::string_view word, Words known) {
  if (std::find(known.begin(), known.end(), word) == known.end()) {
    throw Error(Code::invalid_argument, unknown_name(kind, word, known));
  }
}

void check_store(std::string_view word) {
  constexpr std::array<std::string_view, 3> everywhere = {"memory", "lmdb", "rocksdb"};
  const std::string name = Spec::parse(word).name;
  std::vector<std::string_view> here;
  for (const kv::StoreKind& kind : kv::store_kinds()) here.push_back(kind.name);
  const bool missing = std::find(here.begin(), here.end(), name) == here.end();
  if (missing && std::find(everywhere.begin(), everywhere.end(), name) != everywhere.end()) {
    throw Error(Code::invalid_argument,
                fmt::format("this build was made without the store `{}`; it has: {}", name,
                            fmt::join(here, ", ")));
  }
  kv::check_store_spec(word);
}

void check_view(std::string_view word) { graph::ViewSpec::parse(word); }

/// Any path may be one; whether it is there is seen when it is read.
void check_graph(std::string_view word) {
  if (word.empty())
    throw Error(Code::invalid_argument, "`graph` is empty; it must be build or a file");
}

void check_limit(std::string_view word) {
  if (word != "none") parse_size(std::string(word));
}

template <auto Parse>
void check_by(std::string_view word) {
  static_cast<void>(Parse(word));
}

constexpr std::string_view forwards[] = {"M0", "M"};
constexpr std::string_view entries[] = {"top"};
constexpr std::string_view connectivities[] = {"none", "parent", "bfs_repair"};

/// What walks may compare, and one word more.
std::vector<std::string_view> traversals_and(std::string_view word) {
  const std::span<const std::string_view> names = graph::traversal_names();
  std::vector<std::string_view> words(names.begin(), names.end());
  words.push_back(word);
  return words;
}

const std::span<const std::string_view> constructions = graph::traversal_names();
const std::vector<std::string_view> encodings = traversals_and("bits");
const std::vector<std::string_view> traversals = traversals_and("scan");
constexpr std::string_view caches[] = {"warm", "cold"};
constexpr std::string_view insertions[] = {"shuffled", "given", "lid_ascending", "lid_descending"};
constexpr std::string_view terminations[] = {"ef"};

constexpr Key number(std::string_view table, std::string_view name, std::string_view column,
                     Stage stage, std::string_view default_value, std::int64_t low,
                     std::int64_t high, std::string_view description) {
  return {.table = table,
          .name = name,
          .column = column,
          .stage = stage,
          .is_number = true,
          .default_value = default_value,
          .description = description,
          .low = low,
          .high = high};
}

constexpr Key word(std::string_view table, std::string_view name, Stage stage,
                   std::string_view default_value, Words known, std::string_view description) {
  return {.table = table,
          .name = name,
          .column = name,
          .stage = stage,
          .is_number = false,
          .default_value = default_value,
          .description = description,
          .known = known};
}

constexpr Key word(std::string_view table, std::string_view name, Stage stage,
                   std::string_view default_value, void (*check)(std::string_view),
                   std::string_view description) {
  Key key = word(table, name, stage, default_value, Words{}, description);
  key.check = check;
  return key;
}

constexpr Stage graph_stage = Stage::graph;
constexpr Stage layout_stage = Stage::layout;
constexpr Stage search_stage = Stage::search;
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

const std::array<Key, 33> all_keys = {{
    word("build", "metric", graph_stage, "", check_by<distance::metric>,
         "distance; must be the data set's"),
    word("build", "graph", graph_stage, "build", check_graph,
         "build: by the keys below; else the file of a graph over the same data (docs/graphs.md)"),
    number("build", "M", "M", graph_stage, "16", 1, 4096, "most out-links above level 0"),
    number("build", "M0", "M0", graph_stage, "2*M", 1, 4096, "most out-links on level 0"),
    number("build", "ef_construction", "ef_construction", graph_stage, "100", 1, 1'000'000,
           "beam of the search for a new item's neighbours"),
    word("build", "selection", graph_stage, "hnsw", check_by<heuristics::selection>,
         "rule that chooses neighbours"),
    word("build", "overflow", graph_stage, "union", check_by<heuristics::overflow>,
         "what happens when a reverse link finds a full list"),
    word("build", "forward", graph_stage, "M0", forwards,
         "out-links that a new item keeps on level 0: M0 | M"),
    word("build", "levels", graph_stage, "hashed", check_by<heuristics::levels>, "law of levels"),
    word("build", "entry", graph_stage, "top", entries, "where searches start"),
    word("build", "schedule", graph_stage, "prefix_doubling", check_by<heuristics::schedule>,
         "sizes of the batches of insertions"),
    word("build", "insertion", graph_stage, "shuffled", insertions,
         "order in which items are inserted: by the seed, as given, or by intrinsic dimension"),
    number("build", "pair_memo", "pair_memo", graph_stage, "0", 0, 1 << 30,
           "pair distances that each building thread remembers for selection"),
    word("build", "construction", graph_stage, "f32", constructions,
         "what walks of the build compare: vectors, or codes; links are always chosen by vectors"),
    word("build", "connectivity", graph_stage, "none", connectivities,
         "what keeps items reachable on level 0"),
    number("build", "seed", "seed", graph_stage, "1", 0, no_limit, "seed of order and levels"),
    number("build", "threads", "build_threads", graph_stage, "1", 1, 1024, "threads of the build"),
    word("build", "store", layout_stage, "memory", check_store, "store of the index"),
    word("build", "codec", layout_stage, "delta", check_by<graph::link_codec>,
         "encoding of link lists"),
    word("build", "layout", layout_stage, "apart", check_by<graph::Layout::parse>,
         "how records lie together"),
    word("build", "order", layout_stage, "insertion", check_by<graph::order>,
         "numbering of items in the store"),
    word("build", "via", layout_stage, "bulk", check_via, "how the graph comes into the store"),
    word("build", "encoding", layout_stage, "f32", encodings,
         "f16, i8, i4, rabitq: of codes kept beside the f32 vectors; under hamming always bits"),
    number("search", "k", "k", search_stage, "10", 1, 1'000'000, "neighbours asked for"),
    word("search", "view", search_stage, "frozen", check_view, "where a search finds nodes"),
    word(
        "search", "cache", search_stage, "warm", caches,
        "warm: after a pass over the queries; cold: the store closed and evicted before each pass"),
    word("search", "memory_limit", search_stage, "none", check_limit,
         "of a control group that the searches run in, such as 256MiB"),
    word("search", "traversal", search_stage, "f32", traversals,
         "what the walk compares: vectors, or codes (those of the index; the view frozen makes "
         "others); scan: no walk, every item is compared"),
    number("search", "oversample", "oversample", search_stage, "1", 1, 1'000'000,
           "a walk by codes compares oversample * k of what it finds by their vectors"),
    word("search", "termination", search_stage, "ef", terminations, "when a search ends"),
    number("search", "threads", "threads", search_stage, "1", 1, 1024,
           "threads that the queries are dealt to"),
    number("search", "repetitions", "repetitions", search_stage, "3", 1, 10'000,
           "timed passes over all queries"),
    number("search", "ef", "ef", search_stage, "64", 1, 1'000'000,
           "beam on level 0; ef < k means ef = k"),
}};

}  // namespace

std::string spelling(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::get<std::string>(value);
}

std::span<const Key> keys() { return all_keys; }

std::size_t key_at(std::string_view column) {
  for (std::size_t i = 0; i < all_keys.size(); ++i) {
    if (all_keys[i].column == column) return i;
  }
  throw Error(Code::invalid_argument, fmt::format("no key has the column `{}`", column));
}

std::size_t referred_key(std::string_view table, std::string_view name) {
  std::vector<std::string_view> known;
  for (const std::string_view in : {table, std::string_view("build")}) {
    for (std::size_t i = 0; i < all_keys.size(); ++i) {
      if (all_keys[i].table != in || !all_keys[i].is_number) continue;
      if (all_keys[i].name == name) return i;
      if (std::find(known.begin(), known.end(), all_keys[i].name) == known.end()) {
        known.push_back(all_keys[i].name);
      }
    }
  }
  throw Error(Code::invalid_argument, unknown_name("number key", name, known));
}

std::vector<std::string_view> key_names(std::string_view table) {
  if (table == "dataset") return {"path", "name", "spec", "queries", "neighbors", "limit"};
  std::vector<std::string_view> names;
  for (const Key& key : all_keys) {
    if (key.table == table) names.push_back(key.name);
  }
  return names;
}

void check_value(const Key& key, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (!key.is_number) {
      throw Error(Code::invalid_argument,
                  fmt::format("`{}` is {}; it must be a string", key.name, *number));
    }
    if (*number >= key.low && *number <= key.high) return;
    std::string right = fmt::format("a whole number in {}..{}", key.low, key.high);
    if (key.low == key.high) right = fmt::format("{} in this release", key.low);
    if (key.high == no_limit) right = fmt::format("a whole number of at least {}", key.low);
    throw Error(Code::invalid_argument,
                fmt::format("`{}` is {}; it must be {}", key.name, *number, right));
  }
  const auto& text = std::get<std::string>(value);
  if (key.is_number) {
    const std::optional<Reference> reference = parse_reference(text);
    if (!reference) {
      throw Error(Code::invalid_argument,
                  fmt::format("`{}` is \"{}\"; it must be a whole number, a range such as "
                              "\"8..64*2\" or a reference such as \"2*M\"",
                              key.name, text));
    }
    referred_key(key.table, reference->key);
    return;
  }
  if (key.check != nullptr) {
    key.check(text);
  } else {
    check_one_of(key.name, text, key.known);
  }
}

std::string Settings::text(Stage last) const {
  std::string text;
  for (std::size_t i = 0; i < all_keys.size(); ++i) {
    if (all_keys[i].stage <= last) {
      const std::string value = spelling(values_[i]);
      text += fmt::format("{}={} ", all_keys[i].column,
                          all_keys[i].is_number ? value : canonical(all_keys[i].column, value));
    }
  }
  return text;
}

}  // namespace skerry::experiments
