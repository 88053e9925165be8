// Many queries at once: Reader::by_vectors() and by_items().

#include <fmt/format.h>

#include <atomic>
#include <memory>

#include "base/error.h"
#include "base/parallel.h"
#include "graph/reader.h"

namespace skerry::graph {

namespace {

constexpr std::size_t grain = 8;
constexpr std::size_t most_reports = 100;

/// Calls `ask(searcher, i)` for every i < count, each thread with a searcher of its own.
template <class Ask>
void ask_all(const Reader& reader, std::size_t count, unsigned threads, const Progress& progress,
             Ask&& ask) {
  check_threads(threads);
  std::vector<std::unique_ptr<Reader::Searcher>> searchers(threads);
  std::atomic<std::size_t> done{0};
  std::size_t reported = 0;
  const std::size_t step = count / most_reports + 1;
  parallel_for(count, threads, grain, [&](std::size_t begin, std::size_t end, unsigned worker) {
    if (progress.cancelled()) throw Error(Code::cancelled, "the queries were cancelled");
    std::unique_ptr<Reader::Searcher>& searcher = searchers[worker];
    if (!searcher) searcher = reader.searcher();
    for (std::size_t i = begin; i < end; ++i) {
      try {
        ask(*searcher, i);
      } catch (const Error& error) {
        throw Error(error.code(), fmt::format("query {}: {}", i, error.what()));
      }
    }
    const std::size_t now = done.fetch_add(end - begin) + (end - begin);
    if (worker == 0 && now < count && now >= reported + step) {
      reported = now;
      progress.tell("queries", now, count);
    }
  });
  progress.tell("queries", count, count);
}

}  // namespace

std::vector<QueryResult> Reader::by_vectors(Bytes vectors, const QueryOptions& options,
                                            unsigned threads, const Progress& progress) const {
  const std::size_t stride = metric().vector_bytes(meta().dimension);
  if (vectors.size() % stride != 0) {
    throw Error(Code::invalid_argument, "the vectors are not whole vectors of the index's size",
                {.expected = fmt::format("a multiple of {} bytes", stride),
                 .found = fmt::format("{} bytes", vectors.size())});
  }
  std::vector<QueryResult> results(vectors.size() / stride);
  ask_all(*this, results.size(), threads, progress, [&](Searcher& searcher, std::size_t i) {
    results[i] = searcher.by_vector(vectors.subspan(i * stride, stride), options);
  });
  return results;
}

std::vector<std::optional<QueryResult>> Reader::by_items(std::span<const ItemId> ids,
                                                         const QueryOptions& options,
                                                         unsigned threads,
                                                         const Progress& progress) const {
  std::vector<std::optional<QueryResult>> results(ids.size());
  ask_all(*this, results.size(), threads, progress, [&](Searcher& searcher, std::size_t i) {
    results[i] = searcher.by_item(ids[i], options);
  });
  return results;
}

}  // namespace skerry::graph
