#include "experiments/index/fresh_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <optional>

#include "base/error.h"
#include "experiments/graphs/import.h"
#include "graph/build.h"
#include "graph/write_index.h"

namespace skerry::experiments {

namespace {

void encode(const distance::Metric& metric, ItemId id, Bytes vector, std::size_t dimension,
            std::byte* row) {
  try {
    metric.encode(vector, dimension, row);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("item {}: {}", id, error.what()));
  }
}

/// Vectors whose number is not known before the end, in blocks that can be given back one by one.
class Blocks {
 public:
  explicit Blocks(std::size_t vector_bytes)
      : vector_bytes_(vector_bytes),
        per_block_(std::max<std::size_t>(1, block_bytes / vector_bytes)) {}

  void add(Bytes vector) {
    if (size_ % per_block_ == 0) {
      blocks_.emplace_back().reserve(per_block_ * vector_bytes_);
    }
    blocks_.back().insert(blocks_.back().end(), vector.begin(), vector.end());
    ++size_;
  }

  Bytes operator[](std::size_t at) const {
    return Bytes(blocks_[at / per_block_]).subspan(at % per_block_ * vector_bytes_, vector_bytes_);
  }

  /// Gives back the memory of all vectors before `at`.
  void release_before(std::size_t at) {
    for (; (released_ + 1) * per_block_ <= at; ++released_) blocks_[released_] = {};
  }

 private:
  static constexpr std::size_t block_bytes = std::size_t{4} << 20;
  std::size_t vector_bytes_;
  std::size_t per_block_;
  std::size_t size_ = 0;
  std::size_t released_ = 0;
  std::deque<std::vector<std::byte>> blocks_;
};

Items read_known(VectorSource& source, const distance::Metric& metric) {
  Items items{graph::Rows(metric, source.dimension(), *source.count()), {}};
  items.ids.reserve(*source.count());
  source.for_each([&](ItemId id, Bytes vector) {
    encode(metric, id, vector, source.dimension(),
           items.rows.mutable_row(static_cast<Slot>(items.ids.size())));
    items.ids.push_back(id);
  });
  return items;
}

Items read_unknown(VectorSource& source, const distance::Metric& metric) {
  Blocks vectors(std::max<std::size_t>(1, metric.vector_bytes(source.dimension())));
  std::vector<std::pair<ItemId, std::size_t>> places;  // id and number of the vector
  source.for_each([&](ItemId id, Bytes vector) {
    places.emplace_back(id, places.size());
    vectors.add(vector);
    if (places.size() >= max_slots) {
      throw Error(Code::full, fmt::format("an index holds at most {} items", max_slots));
    }
  });
  const bool in_order = std::is_sorted(places.begin(), places.end());
  if (!in_order) std::sort(places.begin(), places.end());
  std::size_t different = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i + 1 < places.size() && places[i + 1].first == places[i].first) continue;
    places[different++] = places[i];
  }
  Items items{graph::Rows(metric, source.dimension(), different), {}};
  for (std::size_t i = 0; i < different; ++i) {
    const auto [id, at] = places[i];
    encode(metric, id, vectors[at], source.dimension(),
           items.rows.mutable_row(static_cast<Slot>(i)));
    items.ids.push_back(id);
    if (in_order) vectors.release_before(at);
  }
  return items;
}

/// The tables that an index may have, without the meta record's.
constexpr std::array<std::string_view, 8> parts = {"ids",   "dead",    "vectors", "codes",
                                                   "links", "reverse", "parents", "staged"};

void check(Code code, const std::string& table) {
  if (code == Code::ok) return;
  throw Error(code, fmt::format("replacing an index failed: {}", name(code)), {.table = table});
}

}  // namespace

Items read_items(VectorSource& source, const distance::Metric& metric) {
  return source.count() ? read_known(source, metric) : read_unknown(source, metric);
}

ForeignItems ForeignItems::read(const std::string& path, const distance::Metric& metric) {
  ForeignGraph foreign = read_foreign_graph(path);
  if (foreign.dimension == 0) {
    throw Error(Code::unsupported, "the graph's file holds no vectors to make an index of",
                {.path = path,
                 .expected = "an hnswlib or faiss index, or hannoy(DIR)",
                 .found = foreign.format});
  }
  if (metric.element != distance::Element::f32) {
    throw Error(Code::unsupported,
                fmt::format("the graph's file holds float vectors, and metric `{}` compares bits",
                            metric.name),
                {.path = path});
  }
  const std::size_t count = foreign.graph.size();
  ForeignItems read{{graph::Rows(metric, foreign.dimension, count), {}},
                    std::move(foreign.graph),
                    std::move(foreign.notes)};
  const std::span<const float> vectors = foreign.vectors;
  for (std::size_t i = 0; i < count; ++i) {
    encode(metric, i, std::as_bytes(vectors.subspan(i * foreign.dimension, foreign.dimension)),
           foreign.dimension, read.items.rows.mutable_row(static_cast<Slot>(i)));
    read.items.ids.push_back(i);
  }
  return read;
}

graph::Meta write_fresh_index(kv::Store& store, std::string_view name,
                              const graph::IndexOptions& options, const Items& items,
                              unsigned threads, const Progress& progress,
                              const graph::Graph* given) {
  const graph::UpdateParameters parameters =
      graph::UpdateParameters::of(graph::empty_meta(options), threads);
  if (items.ids.empty() &&
      graph::Layout::parse(options.layout).lists_per_value == graph::Layout::page) {
    throw Error(Code::invalid_argument,
                fmt::format("layout `{}`: an index without items has no lists to size values by; "
                            "give a number in place of `page`",
                            options.layout));
  }
  if (given != nullptr && options.build.connectivity != "none") {
    throw Error(
        Code::unsupported,
        fmt::format("a graph that was built elsewhere keeps no promise of connectivity `{}`; "
                    "`rebuild` with it makes one that does",
                    options.build.connectivity));
  }
  std::optional<graph::Builder> builder;  // only where it builds: it may make codes of all rows
  if (given == nullptr) {
    builder.emplace(items.rows, parameters.build, items.ids);
    builder->insert_until(items.rows.size(), progress);
  }
  const graph::Graph& linked = builder ? builder->graph() : *given;
  graph::WriteOptions write{.codec = &graph::link_codec(options.codec),
                            .layout = graph::Layout::parse(options.layout),
                            .encoding = graph::encoding_of(options),
                            .order = &graph::order(options.order),
                            .seed = options.seed,
                            .build = options.build,
                            .ids = items.ids};
  write.threads = threads;
  if (builder) {
    write.root = builder->root();
    write.lineage = builder->lineage();
  }
  std::map<std::string, kv::TableId> present;
  const std::vector<std::string> tables = store.tables();
  for (const std::string_view part : parts) {
    const std::string table = graph::table_name(name, part);
    if (std::find(tables.begin(), tables.end(), table) != tables.end()) {
      present[table] = store.table(table);
    }
  }
  // Into new tables the sorted bulk load; tables that are there may hold something.
  if (present.empty()) {
    return graph::write_index(store, name, items.rows, linked, write, progress);
  }
  const std::string meta_name = graph::table_name(name, "meta");
  const kv::TableId meta_table = store.table(meta_name);
  for (const std::string_view part : {"ids", "vectors", "links"}) {
    store.table(graph::table_name(name, part));
  }
  if (write.encoding != nullptr) store.table(graph::table_name(name, "codes"));
  if (options.build.in_links == "reverse") store.table(graph::table_name(name, "reverse"));
  if (options.build.connectivity == "parent") store.table(graph::table_name(name, "parents"));
  const std::unique_ptr<kv::Transaction> transaction = store.begin();
  for (const auto& [table, id] : present) check(transaction->erase_range(id, {}, {}), table);
  write.with_meta = false;
  write.transaction = transaction.get();
  const graph::Meta meta = graph::write_index(store, name, items.rows, linked, write, progress);
  check(transaction->put(meta_table, as_bytes("meta"), as_bytes(meta.encode())), meta_name);
  transaction->commit(kv::Durability::power);
  return meta;
}

}  // namespace skerry::experiments
