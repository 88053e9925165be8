#include "experiments/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "base/parallel.h"
#include "experiments/cost/engine_sums.h"
#include "kv/counting_store.h"

namespace skerry::experiments {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t queries_per_chunk = 8;

std::int64_t nanoseconds(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
}

}  // namespace

CountedPass count_pass(kv::Store& store, std::string_view index, const graph::ReaderOptions& opened,
                       const graph::SearchOptions& options, const Matrix& queries) {
  const std::string_view view = opened.view;
  // Nothing is timed here, so all cores may help where a query's reads do not depend on others: a
  // memo fetches a record for the first of them only. Each thread has a counter of its own, so
  // that reads belong to queries.
  const unsigned threads = graph::ViewSpec::parse(view).remembers() ? 1 : machine_threads();
  const bool is_shared = view == "frozen";  // it reads nothing after it was opened
  graph::ReaderOptions how = opened;
  how.threads = threads;

  struct Worker {
    std::unique_ptr<kv::CountingStore> counting;
    std::unique_ptr<graph::Reader> reader;
    std::unique_ptr<graph::Reader::Searcher> searcher;
  };

  std::vector<Worker> workers(threads);
  for (Worker& worker : workers) {
    worker.counting = kv::count(store);
    const bool own = !is_shared || &worker == &workers.front();
    if (own) worker.reader = std::make_unique<graph::Reader>(*worker.counting, index, how);
    worker.searcher = (own ? worker : workers.front()).reader->searcher();
  }
  std::vector<CountedQuery> counted(queries.rows);
  const auto body = [&](std::size_t begin, std::size_t end, unsigned id) {
    const Worker& worker = workers[id];
    std::vector<graph::Hit> hits;
    for (std::size_t i = begin; i < end; ++i) {
      const graph::SearchWork before = worker.searcher->work();
      worker.counting->reset();
      worker.searcher->search(queries.row(i), options, hits);
      const graph::SearchWork after = worker.searcher->work();
      const kv::Counts counts = worker.counting->counts();
      CountedQuery& query = counted[i];
      for (const graph::Hit& hit : hits) {
        query.ids.push_back(static_cast<std::uint32_t>(hit.id));
        query.reported.push_back(static_cast<float>(hit.distance));
      }
      query.distances = after.distances - before.distances;
      query.code_distances = after.code_distances - before.code_distances;
      query.hops = after.hops - before.hops;
      query.gets = counts.gets;
      query.bytes = counts.bytes_read;
    }
  };
  const std::vector<kv::EngineCounter> before = store.engine_counters();
  parallel_for(queries.rows, threads, queries_per_chunk, body);
  return {std::move(counted), sums_since(before, store.engine_counters())};
}

void TimedPasses::run(const graph::Reader& reader) {
  std::vector<std::unique_ptr<graph::Reader::Searcher>> searchers;
  for (unsigned i = 0; i < threads_; ++i) searchers.push_back(reader.searcher());
  Pass pass;
  pass.per_query.resize(queries_->rows);

  struct Span {
    Clock::time_point first = Clock::time_point::max();
    Clock::time_point last = Clock::time_point::min();
  };

  std::vector<Span> spans(searchers.size());
  std::vector<std::vector<graph::Hit>> hits(searchers.size());
  const auto body = [&](std::size_t begin, std::size_t end, unsigned worker) {
    for (std::size_t query = begin; query < end; ++query) {
      const Clock::time_point start = Clock::now();
      searchers[worker]->search(queries_->row(query), options_, hits[worker]);
      const Clock::time_point stop = Clock::now();
      pass.per_query[query] = static_cast<std::uint32_t>(std::min<std::int64_t>(
          nanoseconds(stop - start), std::numeric_limits<std::uint32_t>::max()));
      spans[worker].first = std::min(spans[worker].first, start);
      spans[worker].last = stop;
    }
  };
  parallel_for(queries_->rows, static_cast<unsigned>(searchers.size()), queries_per_chunk, body);
  Span whole;
  for (const Span& span : spans) {
    whole.first = std::min(whole.first, span.first);
    whole.last = std::max(whole.last, span.last);
  }
  pass.nanoseconds = std::max<std::int64_t>(1, nanoseconds(whole.last - whole.first));
  passes_.push_back(std::move(pass));
}

std::vector<const TimedPasses::Pass*> TimedPasses::sorted() const {
  std::vector<const Pass*> passes;
  for (const Pass& pass : passes_) passes.push_back(&pass);
  std::stable_sort(passes.begin(), passes.end(),
                   [](const Pass* a, const Pass* b) { return a->nanoseconds < b->nanoseconds; });
  return passes;
}

const TimedPasses::Pass& TimedPasses::median() const { return *sorted()[passes_.size() / 2]; }

std::vector<std::uint32_t> TimedPasses::of(std::size_t query) const {
  std::vector<std::uint32_t> nanoseconds;
  for (const Pass& pass : passes_) nanoseconds.push_back(pass.per_query[query]);
  return nanoseconds;
}

TimedPasses::Rate TimedPasses::rate() const {
  const auto per_second = [&](const Pass& pass) {
    return static_cast<double>(queries_->rows) * 1e9 / static_cast<double>(pass.nanoseconds);
  };
  return {per_second(median()), per_second(*sorted().back()), per_second(*sorted().front())};
}

TimedPasses::Latency TimedPasses::latency() const {
  std::vector<std::uint32_t> sorted = median().per_query;
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1] / 1e3;
  };
  return {at(0.50), at(0.95), at(0.99)};
}

TimeSplit split_pass(const graph::Reader& reader, const graph::SearchOptions& options,
                     const Matrix& queries) {
  const std::unique_ptr<graph::Reader::Searcher> searcher = reader.searcher();
  graph::Stopwatch stopwatch;
  searcher->measure(&stopwatch);
  std::vector<graph::Hit> hits;
  const Clock::time_point start = Clock::now();
  const std::uint64_t start_ticks = graph::Stopwatch::now();
  for (std::size_t i = 0; i < queries.rows; ++i) searcher->search(queries.row(i), options, hits);
  const auto ticks = static_cast<double>(graph::Stopwatch::now() - start_ticks);
  const auto micros = static_cast<double>(nanoseconds(Clock::now() - start)) / 1e3;
  const auto of = [&](graph::Part part) {
    const double share = ticks > 0 ? static_cast<double>(stopwatch.ticks(part)) / ticks : 0;
    return share * micros / static_cast<double>(queries.rows);
  };
  return {of(graph::Part::store), of(graph::Part::decode), of(graph::Part::distance),
          of(graph::Part::heap)};
}

}  // namespace skerry::experiments
