// What one list of links costs in every codec: bytes, and the time to decode it. Lists are drawn
// with the statistics of a graph over 2^18 items: `random` has uniform targets, as with ids in
// order of insertion; `near` has most targets close to the owner and some far away, as an order by
// bisection leaves them. 24 links each. Names are codec/law, for --benchmark_filter.
//
// A pass decodes 1024 lists, about 32 KiB, so that values lie in the cache and branches are not
// learnt by heart. `time_per_list` and `time_per_link` are what to compare.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "graph/codec/codec.h"

namespace skerry::graph {
namespace {

constexpr Slot items = Slot{1} << 18;
constexpr std::size_t links = 24;
constexpr std::size_t lists = 1024;

enum class Law { random, near };

/// Distances with a density of 1 / distance over 1..items: each doubling is as likely as the next.
Slot near_target(Random& random, Slot own) {
  for (;;) {
    const double distance = std::exp2(18 * random.unit());
    const double target = random.below(2) == 0 ? own - distance : own + distance;
    if (target >= 0 && target < items) return static_cast<Slot>(target);
  }
}

struct List {
  Slot own;
  std::vector<std::byte> value;
};

std::vector<List> encoded_lists(const LinkCodec& codec, Law law) {
  Random random(1);
  std::vector<List> encoded(lists);
  for (List& list : encoded) {
    list.own = static_cast<Slot>(random.below(items));
    std::set<Slot> targets;
    while (targets.size() < links) {
      const Slot target = law == Law::random ? static_cast<Slot>(random.below(items))
                                             : near_target(random, list.own);
      if (target != list.own) targets.insert(target);
    }
    const std::vector<Slot> slots(targets.begin(), targets.end());
    codec.encode(slots, list.own, list.value);
  }
  return encoded;
}

void decode(benchmark::State& state, const LinkCodec& codec, Law law) {
  const std::vector<List> encoded = encoded_lists(codec, law);
  std::size_t bytes = 0;
  for (const List& list : encoded) bytes += list.value.size();
  std::vector<Slot> out;
  for (auto _ : state) {
    for (const List& list : encoded) {
      if (codec.decode(list.value, {list.own, items, 32}, out) != Code::ok) {
        state.SkipWithError("a list of its own is corrupt to the codec");
        return;
      }
      benchmark::DoNotOptimize(out.data());
    }
  }
  const auto each = [](double count) {
    return benchmark::Counter(
        count, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  };
  state.counters["bytes_per_list"] = static_cast<double>(bytes) / lists;
  state.counters["bits_per_link"] = static_cast<double>(bytes) * 8 / (lists * links);
  state.counters["time_per_list"] = each(lists);
  state.counters["time_per_link"] = each(lists * links);
}

void add_benchmarks() {
  for (const LinkCodec* codec : link_codecs()) {
    for (const Law law : {Law::random, Law::near}) {
      const std::string name =
          std::string(codec->name()) + (law == Law::random ? "/random" : "/near");
      benchmark::RegisterBenchmark(
          name.c_str(), [codec, law](benchmark::State& state) { decode(state, *codec, law); });
    }
  }
}

}  // namespace
}  // namespace skerry::graph

int main(int argc, char** argv) {
  skerry::graph::add_benchmarks();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
