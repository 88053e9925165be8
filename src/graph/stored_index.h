#pragma once
// One index inside a store: writing a built graph into it, and opening it for reading.

#include <memory>
#include <string_view>

#include "base/progress.h"
#include "distance/metric.h"
#include "graph/codec/codec.h"
#include "graph/graph.h"
#include "graph/layout.h"
#include "graph/rows.h"
#include "kv/store.h"

namespace skerry::graph {

/// Writes rows, graph and meta into new tables of `store` by one sorted bulk load, visible at once
/// when it returns. Throws what the store throws, and invalid_argument when an index of this name
/// is there. `seed` is recorded.
Meta write_index(kv::Store& store, std::string_view name, const Rows& rows, const Graph& graph,
                 const LinkCodec& codec, std::uint64_t seed, const Progress& progress = {});

/// An open index: one snapshot, shared by all views on it. Immutable; safe from many threads.
class StoredIndex {
 public:
  /// What the caller believes about the index; empty fields match anything.
  struct Expectation {
    std::string_view metric{};
    std::size_t dimension = 0;
  };

  /// Throws Error: not_found (no such index; names those present), mismatch (names both values),
  /// version, corrupt. The store must outlive the index.
  StoredIndex(kv::Store& store, std::string_view name, const Expectation& expected);

  StoredIndex(kv::Store& store, std::string_view name) : StoredIndex(store, name, {}) {}

  const std::string& name() const noexcept { return name_; }

  const Meta& meta() const noexcept { return meta_; }

  const distance::Metric& metric() const noexcept { return *metric_; }

  const LinkCodec& codec() const noexcept { return *codec_; }

  const kv::Snapshot& snapshot() const noexcept { return *snapshot_; }

  kv::TableId vectors() const noexcept { return vectors_; }

  kv::TableId links() const noexcept { return links_; }

  /// Bytes of a vector record.
  std::size_t row_bytes() const noexcept { return metric_->row_bytes(meta_.dimension); }

  /// Reads all links (rows) into memory. Throws corrupt with table and key on the first record
  /// that is missing, superfluous or contradicts the format.
  Graph load_graph() const;
  Rows load_rows() const;

 private:
  std::string name_;
  Meta meta_;
  const distance::Metric* metric_;
  const LinkCodec* codec_;
  std::unique_ptr<kv::Snapshot> snapshot_;
  kv::TableId vectors_{};
  kv::TableId links_{};
};

/// The names of the indexes in a store, ascending.
std::vector<std::string> list_indexes(kv::Store& store);

}  // namespace skerry::graph
