// What one distance costs, for every metric: one pair at a time and in batches, with rows in the
// cache and with rows at random places of an array far larger than it; and for every encoding, in
// batches of codes, whatever the metric. Rates count the bytes of rows read; `copy` is what this
// machine's memory gives to memcpy in the same run, the mark to hold the random rows against. Names
// are metric/dimension/kernel/place and encoding/dimension/batch/place, for --benchmark_filter.
// `memory2` is `memory` on two threads, rates of both together: what a second core can add where
// rows come from memory.

#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "distance/encoding.h"
#include "distance/metric.h"

namespace skerry::distance {
namespace {

constexpr std::array<std::size_t, 5> dimensions = {96, 128, 384, 768, 1536};
constexpr std::size_t batch_size = 32;  // the links of one node at M = 16
constexpr std::size_t cache_line = 64;
constexpr std::size_t arena_bytes = std::size_t{512} << 20;

/// The lower half of the bits as those of a half in +-[0.5, 1). The upper half is always one, read
/// as a half, of a size that is ordinary too.
float also_two_halves(float value) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(value) & 0xFFFF83FFU) | 0x3800U);
}

/// 512 MiB of floats in [-1, 1), on large pages where the system has them, as searches keep their
/// rows. Any run of them serves as a row of any metric and as a code of any encoding: kernels take
/// the same time whatever the values, as long as these are ordinary numbers.
std::byte* arena() {
  static std::byte* const start = [] {
    void* const map =
        ::mmap(nullptr, arena_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
      throw Error(Code::unsupported,
                  std::string("cannot map the benchmark's rows: ") + std::strerror(errno),
                  {.expected = "512 MiB of memory"});
    }
    ::madvise(map, arena_bytes, MADV_HUGEPAGE);  // only advice: it may fail
    auto* const bytes = static_cast<std::byte*>(map);
    Random random(1);
    for (std::size_t at = 0; at < arena_bytes; at += sizeof(float)) {
      store(bytes + at, also_two_halves(static_cast<float>(random.unit() * 2 - 1)));
    }
    return bytes;
  }();
  return start;
}

enum class Place { cache, memory };

/// Rows in the order in which they are read, each starting on a cache line. In the cache: one
/// batch, over and over. In memory: 2^20 random rows, so that even rows of a few bytes touch 64
/// MiB.
std::vector<const std::byte*> places_of_rows(Place place, std::size_t row_bytes) {
  const std::size_t stride = (row_bytes + cache_line - 1) / cache_line * cache_line;
  std::vector<const std::byte*> rows(place == Place::cache ? batch_size : std::size_t{1} << 20);
  Random random(2);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t number = place == Place::cache ? i : random.below(arena_bytes / stride);
    rows[i] = arena() + number * stride;
  }
  return rows;
}

void report(benchmark::State& state, std::size_t rows_per_round, std::size_t row_bytes) {
  using benchmark::Counter;
  const auto rows = static_cast<double>(state.iterations()) * static_cast<double>(rows_per_round);
  state.counters["row"] = Counter(rows, Counter::kIsRate | Counter::kInvert);
  state.counters["bytes"] = Counter(rows * static_cast<double>(row_bytes), Counter::kIsRate);
}

void pair(benchmark::State& state, const Metric& metric, std::size_t dimension, Place place) {
  const PairKernel kernel = metric.kernels().pair;
  const auto rows = places_of_rows(place, metric.row_bytes(dimension));
  const std::vector<std::byte> query(arena(), arena() + metric.row_bytes(dimension));
  std::size_t next = 0;
  for (auto unused : state) {
    benchmark::DoNotOptimize(kernel(query.data(), rows[next], dimension));
    next = (next + 1) % rows.size();
  }
  report(state, 1, metric.row_bytes(dimension));
}

void batch(benchmark::State& state, BatchKernel kernel, std::size_t dimension,
           std::size_t row_bytes, std::size_t query_bytes, Place place) {
  const auto rows = places_of_rows(place, row_bytes);
  const std::vector<std::byte> query(arena(), arena() + query_bytes);
  std::array<float, batch_size> distances;
  std::size_t next = 0;
  for (auto unused : state) {
    kernel(query.data(), rows.data() + next, batch_size, dimension, distances.data());
    benchmark::DoNotOptimize(distances);
    next = (next + batch_size) % rows.size();
  }
  report(state, batch_size, row_bytes);
}

/// Bytes are counted once, though a copy reads and writes each. The first half goes over the
/// second: what later benchmarks read stays ordinary numbers.
void copy(benchmark::State& state) {
  constexpr std::size_t half = arena_bytes / 2;
  std::byte* const start = arena();  // filled outside the timed loop
  for (auto unused : state) {
    std::memcpy(start + half, start, half);
    benchmark::ClobberMemory();
  }
  using benchmark::Counter;
  state.counters["bytes"] = Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(half), Counter::kIsRate);
}

void on_two_threads(const std::string& name, BatchKernel kernel, std::size_t dimension,
                    std::size_t row_bytes, std::size_t query_bytes) {
  benchmark::RegisterBenchmark((name + "/batch/memory2").c_str(),
                               [=](benchmark::State& s) {
                                 batch(s, kernel, dimension, row_bytes, query_bytes, Place::memory);
                               })
      ->Threads(2)
      ->UseRealTime();
}

void register_all() {
  benchmark::RegisterBenchmark("copy", copy);
  for (const Metric& metric : metrics()) {
    for (const std::size_t dimension : dimensions) {
      const std::string name = std::string(metric.name) + '/' + std::to_string(dimension);
      for (const Place place : {Place::cache, Place::memory}) {
        const std::string where = place == Place::cache ? "/cache" : "/memory";
        benchmark::RegisterBenchmark((name + "/pair" + where).c_str(),
                                     [&metric, dimension, place](benchmark::State& s) {
                                       pair(s, metric, dimension, place);
                                     });
        benchmark::RegisterBenchmark(
            (name + "/batch" + where).c_str(), [&metric, dimension, place](benchmark::State& s) {
              const std::size_t bytes = metric.row_bytes(dimension);
              batch(s, metric.kernels().batch, dimension, bytes, bytes, place);
            });
      }
      on_two_threads(name, metric.kernels().batch, dimension, metric.row_bytes(dimension),
                     metric.row_bytes(dimension));
    }
  }
  for (const Encoding& encoding : encodings()) {
    for (const std::size_t dimension : dimensions) {
      const std::string name = std::string(encoding.name) + '/' + std::to_string(dimension);
      for (const Place place : {Place::cache, Place::memory}) {
        benchmark::RegisterBenchmark(
            (name + (place == Place::cache ? "/batch/cache" : "/batch/memory")).c_str(),
            [&encoding, dimension, place](benchmark::State& s) {
              batch(s, encoding.choose_kernel(), dimension, encoding.code_bytes(dimension),
                    encoding.query_bytes(dimension), place);
            });
      }
      on_two_threads(name, encoding.choose_kernel(), dimension, encoding.code_bytes(dimension),
                     encoding.query_bytes(dimension));
    }
  }
}

}  // namespace
}  // namespace skerry::distance

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::AddCustomContext("kernel_target", std::string(skerry::distance::kernel_target()));
  skerry::distance::register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
