#include "graph/link_sizes.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "graph/inspect.h"

namespace skerry::graph {

namespace {

/// log2 of the binomial coefficient.
double log2_choose(double n, double k) {
  if (k <= 0 || k >= n) return 0;
  return (std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) / std::log(2.0);
}

/// Bits that coding each list of one level on its own needs.
double list_bits(const std::map<std::size_t, std::size_t>& degree_counts, double items) {
  double bits = 0;
  for (const auto& [degree, count] : degree_counts) {
    const auto lists = static_cast<double>(count);
    bits += lists * log2_choose(items - 1, static_cast<double>(degree));
    bits -= lists * std::log2(lists / items);
  }
  return bits;
}

/// Bits that coding all links of one level together needs, before free numbering.
double pair_bits(double links, double mutual, double items) {
  const double both = mutual / 2;
  const double pairs = links - both;
  return log2_choose(items * (items - 1) / 2, pairs) + log2_choose(pairs, both) + (pairs - both);
}

RecordSizes table_sizes(const StoredIndex& index, kv::TableId table) {
  RecordSizes sizes;
  const std::unique_ptr<kv::Cursor> cursor = index.snapshot().cursor(table);
  Code code = cursor->seek({});
  for (; code == Code::ok; code = cursor->next()) {
    ++sizes.records;
    sizes.key_bytes += cursor->key().size();
    sizes.value_bytes += cursor->value().size;
  }
  if (code != Code::not_found) throw Error(code, "reading the records of an index failed");
  return sizes;
}

/// Of the codes beside all lists.
std::uint64_t inline_code_bytes(const StoredIndex& index) {
  std::uint64_t bytes = 0;
  const std::unique_ptr<kv::Cursor> cursor = index.snapshot().cursor(index.links());
  const std::byte base{0};
  Code code = cursor->seek_prefix({&base, 1});
  for (; code == Code::ok; code = cursor->next()) {
    const Bytes value = cursor->value().bytes();
    Bytes list;
    if (index.packing().list(value, 0, list) != Code::ok) {
      throw Error(Code::corrupt, "the record holds no list with codes beside it",
                  {.table = table_name(index.name(), "links"), .key = to_hex(cursor->key())});
    }
    bytes += Packing::behind(value, list).size();
  }
  if (code != Code::not_found) throw Error(code, "reading the records of an index failed");
  return bytes;
}

}  // namespace

LinkBounds link_bounds(const Graph& graph) {
  double lists = 0;
  double pairs = 0;
  for (const LevelDegrees& level : inspect_graph(graph).levels) {
    const auto items = static_cast<double>(level.items);
    std::map<std::size_t, std::size_t> degree_counts;
    for (std::size_t d = 0; d < level.out_histogram.size(); ++d) {
      if (level.out_histogram[d] > 0) degree_counts[d] = level.out_histogram[d];
    }
    lists += list_bits(degree_counts, items);
    pairs += pair_bits(static_cast<double>(level.links), static_cast<double>(level.mutual), items);
  }
  const double numbering = std::lgamma(static_cast<double>(graph.items()) + 1) / std::log(2.0);
  return {lists / 8, std::max(0.0, pairs - numbering) / 8};
}

LinkCounts link_counts(const Graph& graph) {
  LinkCounts counts;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      counts.edges += graph.links(level, slot).size();
      counts.slots += graph.bounds().at(level);
      ++counts.lists;
    }
  }
  return counts;
}

std::uint64_t encoded_bytes(const Graph& graph, const LinkCodec& codec) {
  std::uint64_t bytes = 0;
  std::vector<Slot> sorted;
  std::vector<std::byte> value;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      const std::span<const Slot> links = graph.links(level, slot);
      sorted.assign(links.begin(), links.end());
      std::sort(sorted.begin(), sorted.end());
      value.clear();
      codec.encode(sorted, slot, value);
      bytes += value.size();
    }
  }
  return bytes;
}

StoredSizes stored_sizes(const StoredIndex& index) {
  StoredSizes sizes;
  sizes.meta = table_sizes(index, index.meta_table());
  sizes.vectors = table_sizes(index, index.vectors());
  sizes.links = table_sizes(index, index.links());
  if (index.ids_table()) sizes.ids = table_sizes(index, *index.ids_table());
  if (index.encoder() != nullptr) sizes.codes = table_sizes(index, index.code_places().table);
  if (index.packing().together()) {
    const std::uint64_t rows = index.meta().slots * index.row_bytes();
    sizes.links.value_bytes += sizes.vectors.value_bytes - rows;
    sizes.vectors.value_bytes = rows;
  }
  if (index.packing().codes_inline()) {
    sizes.inline_code_bytes = inline_code_bytes(index);
    sizes.links.value_bytes -= sizes.inline_code_bytes;
  }
  return sizes;
}

}  // namespace skerry::graph
