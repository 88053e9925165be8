#include "experiments/measure.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

#include "base/parallel.h"
#include "kv/counting_store.h"

namespace skerry::experiments {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t queries_per_chunk = 8;

std::int64_t nanoseconds(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
}

}  // namespace

CountedPass count_pass(kv::Store& store, std::string_view index, std::string_view view,
                       const graph::SearchOptions& options, const Matrix& queries) {
  const std::unique_ptr<kv::CountingStore> counting = kv::count(store);
  const graph::Reader reader(*counting, index, view);
  // Nothing is timed here, so all cores may help; but two threads could both fetch a record that a
  // memo then remembers once.
  const unsigned threads = view == "memo" ? 1 : std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::unique_ptr<graph::Reader::Searcher>> searchers;
  for (unsigned i = 0; i < threads; ++i) searchers.push_back(reader.searcher());
  counting->reset();
  CountedPass pass;
  pass.hits.resize(queries.rows);
  const auto body = [&](std::size_t begin, std::size_t end, unsigned worker) {
    std::vector<graph::Hit> hits;
    for (std::size_t query = begin; query < end; ++query) {
      searchers[worker]->search(queries.row(query), options, hits);
      for (const graph::Hit& hit : hits) {
        pass.hits[query].push_back(static_cast<std::uint32_t>(hit.id));
      }
    }
  };
  parallel_for(queries.rows, threads, queries_per_chunk, body);
  for (const auto& searcher : searchers) {
    pass.distances += searcher->work().distances;
    pass.hops += searcher->work().hops;
  }
  const kv::Counts counts = counting->counts();
  pass.gets = counts.gets;
  pass.bytes = counts.bytes_read;
  return pass;
}

TimedPasses::TimedPasses(const graph::Reader& reader, const graph::SearchOptions& options,
                         const Matrix& queries, unsigned threads)
    : options_(options), queries_(&queries) {
  for (unsigned i = 0; i < threads; ++i) searchers_.push_back(reader.searcher());
}

void TimedPasses::run() {
  Pass pass;
  pass.per_query.resize(queries_->rows);

  struct Span {
    Clock::time_point first = Clock::time_point::max();
    Clock::time_point last = Clock::time_point::min();
  };

  std::vector<Span> spans(searchers_.size());
  std::vector<std::vector<graph::Hit>> hits(searchers_.size());
  const auto body = [&](std::size_t begin, std::size_t end, unsigned worker) {
    for (std::size_t query = begin; query < end; ++query) {
      const Clock::time_point start = Clock::now();
      searchers_[worker]->search(queries_->row(query), options_, hits[worker]);
      const Clock::time_point stop = Clock::now();
      pass.per_query[query] = static_cast<std::uint32_t>(std::min<std::int64_t>(
          nanoseconds(stop - start), std::numeric_limits<std::uint32_t>::max()));
      spans[worker].first = std::min(spans[worker].first, start);
      spans[worker].last = stop;
    }
  };
  parallel_for(queries_->rows, static_cast<unsigned>(searchers_.size()), queries_per_chunk, body);
  Span whole;
  for (const Span& span : spans) {
    whole.first = std::min(whole.first, span.first);
    whole.last = std::max(whole.last, span.last);
  }
  pass.nanoseconds = std::max<std::int64_t>(1, nanoseconds(whole.last - whole.first));
  const auto after =
      std::upper_bound(passes_.begin(), passes_.end(), pass,
                       [](const Pass& a, const Pass& b) { return a.nanoseconds < b.nanoseconds; });
  passes_.insert(after, std::move(pass));
}

const TimedPasses::Pass& TimedPasses::median() const { return passes_[passes_.size() / 2]; }

TimedPasses::Rate TimedPasses::rate() const {
  const auto per_second = [&](const Pass& pass) {
    return static_cast<double>(queries_->rows) * 1e9 / static_cast<double>(pass.nanoseconds);
  };
  return {per_second(median()), per_second(passes_.back()), per_second(passes_.front())};
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

}  // namespace skerry::experiments
