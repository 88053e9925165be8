#include "experiments/make_graph.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "experiments/graphs/import.h"
#include "experiments/insertion.h"
#include "experiments/plan.h"

namespace skerry::experiments {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Gives the whole pages among these bytes, which are zeros from then on, back to the system.
void free_pages(std::byte* begin, std::byte* end) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const std::uintptr_t from = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page;
  const std::uintptr_t to = reinterpret_cast<std::uintptr_t>(end) / page * page;
  if (from < to) ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
}

/// Rows of the vectors, whose memory goes as they are encoded: they are never all there twice.
graph::Rows encode_and_free(Matrix vectors, const distance::Metric& metric, unsigned threads) {
  constexpr std::size_t part_bytes = std::size_t{4} << 20;
  const std::size_t part = std::max<std::size_t>(1, part_bytes / vectors.row_bytes);
  graph::Rows rows(metric, vectors.dimension, vectors.rows);
  for (std::size_t first = 0; first < vectors.rows; first += part) {
    const std::size_t count = std::min(part, vectors.rows - first);
    std::byte* const begin = vectors.data.data() + first * vectors.row_bytes;
    std::byte* const end = begin + count * vectors.row_bytes;
    graph::encode_rows({begin, end}, first, count, threads, rows);
    free_pages(begin, end);
  }
  return rows;
}

}  // namespace

MadeGraph make_graph(const Settings& settings, Dataset dataset, const distance::Metric& metric,
                     const Progress& progress) {
  if (settings.word("graph") != "build") {
    const auto start = Clock::now();
    ImportedGraph imported = import_graph(settings.word("graph"), dataset.train, metric);
    return {.graph = std::move(imported.graph),
            .seconds = seconds_since(start),
            .notes = std::move(imported.notes)};
  }
  const graph::BuildParameters parameters = build_parameters(settings);
  const std::vector<Slot> order =
      insertion_order(settings.word("insertion"), dataset, metric, parameters.threads);
  const auto start = Clock::now();
  const graph::Rows rows = encode_and_free(std::move(dataset.train), metric, parameters.threads);
  graph::Builder builder(rows, parameters);
  if (order.empty()) {
    builder.insert_until(rows.size(), progress);
  } else {
    builder.insert_in_order(order, progress);
  }
  const graph::BuildWork work = builder.work();
  graph::Graph graph = builder.take();
  return {.graph = std::move(graph), .seconds = seconds_since(start), .work = work};
}

}  // namespace skerry::experiments
