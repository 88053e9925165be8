#include "python/search_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/parallel.h"
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

void SearchState::search(Bytes queries, std::size_t count, const graph::SearchOptions& options,
                         unsigned threads, std::span<std::int64_t> ids, std::span<double> distances,
                         const std::function<void()>& poll) {
  if (threads < 1 || threads > 1024) {
    throw Error(Code::invalid_argument,
                fmt::format("threads is {}; it must lie in 1..1024", threads));
  }
  const std::size_t bytes = reader_.metric().vector_bytes(reader_.meta().dimension);
  std::vector<Searcher> searchers(threads);
  std::vector<std::vector<graph::Hit>> found(threads);
  // Small enough that the last chunks keep all threads busy, large enough to keep them apart.
  const std::size_t grain = std::clamp<std::size_t>(count / (std::size_t{threads} * 8), 1, 16);
  parallel_for(count, threads, grain, [&](std::size_t begin, std::size_t end, unsigned worker) {
    if (worker == 0) poll();
    if (!searchers[worker]) searchers[worker] = borrow();
    std::vector<graph::Hit>& hits = found[worker];
    for (std::size_t q = begin; q < end; ++q) {
      try {
        searchers[worker]->search(queries.subspan(q * bytes, bytes), options, hits);
      } catch (const Error& error) {
        if (error.code() != Code::invalid_argument || count == 1) throw;
        throw Error(error.code(), fmt::format("query {}: {}", q, error.what()));
      }
      for (std::size_t i = 0; i < options.k; ++i) {
        const bool there = i < hits.size();
        ids[q * options.k + i] = there ? static_cast<std::int64_t>(hits[i].id) : -1;
        distances[q * options.k + i] =
            there ? hits[i].distance : std::numeric_limits<double>::quiet_NaN();
      }
    }
  });
  for (Searcher& searcher : searchers) {
    if (searcher) give_back(std::move(searcher));
  }
}

std::optional<std::vector<std::byte>> SearchState::vector(ItemId id) const {
  const graph::StoredIndex& index = reader_.index();
  const std::optional<Slot> slot = index.slot_of(id);
  if (!slot) return std::nullopt;
  kv::Scope scope;
  kv::View value;
  const graph::VectorKey key(index.packing().row_block(*slot));
  const std::byte* row = nullptr;
  Code code = index.snapshot().get(index.vectors(), key.bytes, scope, value);
  if (code == Code::ok) code = index.packing().row(value.bytes(), *slot, row);
  if (code != Code::ok) {
    throw Error(code == Code::not_found ? Code::corrupt : code,
                fmt::format("the vector of item {} cannot be read: {}", id, skerry::name(code)),
                {.table = graph::table_name(index.name(), "vectors"), .key = to_hex(key.bytes)});
  }
  return std::vector<std::byte>(row, row + index.metric().vector_bytes(index.meta().dimension));
}

}  // namespace skerry::python
