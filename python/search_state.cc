#include "python/search_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <roaring/roaring64map.hh>

#include "base/error.h"
#include "base/parallel.h"
#include "graph/filter.h"
#include "graph/layout.h"

namespace skerry::python {

SearchState::Searcher SearchState::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Searcher searcher = std::move(idle_.back());
      idle_.pop_back();
      return searcher;
    }
  }
  return reader_.searcher();
}

void SearchState::give_back(Searcher searcher) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(searcher));
}

std::optional<graph::Filter> SearchState::filter_of(const Batch& batch) const {
  if (!batch.only) return std::nullopt;
  Roaring64Map ids;
  ids.addMany(batch.only->size(), batch.only->data());
  return reader_.filter(ids);
}

template <class Ask>
void SearchState::answer(std::size_t count, const Batch& batch, const std::function<void()>& poll,
                         Ask&& ask) {
  check_threads(batch.threads);
  std::vector<Searcher> searchers(batch.threads);
  std::vector<std::vector<graph::Hit>> found(batch.threads);
  // Small enough that the last chunks keep all threads busy, large enough to keep them apart.
  const std::size_t grain =
      std::clamp<std::size_t>(count / (std::size_t{batch.threads} * 8), 1, 16);
  const auto chunk = [&](std::size_t begin, std::size_t end, unsigned worker) {
    if (worker == 0) poll();
    if (!searchers[worker]) searchers[worker] = borrow();
    std::vector<graph::Hit>& hits = found[worker];
    for (std::size_t q = begin; q < end; ++q) {
      try {
        ask(*searchers[worker], q, hits);
      } catch (const Error& error) {
        if (error.code() != Code::invalid_argument || count == 1) throw;
        throw Error(error.code(), fmt::format("query {}: {}", q, error.what()));
      }
      for (std::size_t i = 0; i < batch.k; ++i) {
        const bool there = i < hits.size();
        batch.ids[q * batch.k + i] = there ? static_cast<std::int64_t>(hits[i].id) : -1;
        batch.distances[q * batch.k + i] =
            there ? hits[i].distance : std::numeric_limits<double>::quiet_NaN();
      }
    }
  };
  parallel_for(count, batch.threads, grain, chunk);
  for (Searcher& searcher : searchers) {
    if (searcher) give_back(std::move(searcher));
  }
}

namespace {

graph::QueryOptions options_of(const Batch& batch, const std::optional<graph::Filter>& filter) {
  graph::QueryOptions options{.k = batch.k, .ef = batch.ef};
  options.filter = filter ? &*filter : nullptr;
  if (batch.exact) options.way = graph::Way::scan;
  return options;
}

}  // namespace

void SearchState::search(Bytes queries, const Batch& batch, const std::function<void()>& poll) {
  const std::size_t bytes = reader_.metric().vector_bytes(reader_.meta().dimension);
  const std::optional<graph::Filter> filter = filter_of(batch);
  const graph::QueryOptions filtered = options_of(batch, filter);
  const graph::SearchOptions plain{.k = batch.k, .ef = batch.ef, .scan = batch.exact};
  answer(queries.size() / bytes, batch, poll,
         [&](graph::Reader::Searcher& searcher, std::size_t q, std::vector<graph::Hit>& hits) {
           const Bytes query = queries.subspan(q * bytes, bytes);
           if (filter) {
             hits = searcher.by_vector(query, filtered).hits;
           } else {
             searcher.search(query, plain, hits);
           }
         });
}

void SearchState::search_items(std::span<const ItemId> items, const Batch& batch,
                               const std::function<void()>& poll) {
  const std::optional<graph::Filter> filter = filter_of(batch);
  const graph::QueryOptions options = options_of(batch, filter);
  answer(items.size(), batch, poll,
         [&](graph::Reader::Searcher& searcher, std::size_t q, std::vector<graph::Hit>& hits) {
           const std::optional<graph::QueryResult> result = searcher.by_item(items[q], options);
           hits = result ? result->hits : std::vector<graph::Hit>{};
         });
}

std::optional<std::vector<std::byte>> SearchState::vector(ItemId id) const {
  const graph::StoredIndex& index = reader_.index();
  const std::optional<Slot> slot = index.slot_of(id);
  if (!slot) return std::nullopt;
  kv::Scope scope;
  Bytes row;
  if (const Code code = index.get_row(*slot, scope, row); code != Code::ok) {
    const graph::VectorKey key(index.packing().row_block(*slot));
    throw Error(code == Code::not_found ? Code::corrupt : code,
                fmt::format("the vector of item {} cannot be read: {}", id, skerry::name(code)),
                {.table = graph::table_name(index.name(), "vectors"), .key = to_hex(key.bytes)});
  }
  const Bytes vector = row.first(index.metric().vector_bytes(index.meta().dimension));
  return std::vector<std::byte>(vector.begin(), vector.end());
}

}  // namespace skerry::python
