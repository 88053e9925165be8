// What the interface of stores costs: each call through kv::Snapshot, kv::Transaction and kv::Bulk
// against the same calls to lmdb.h or rocksdb, with the same settings, records and order of keys,
// on one thread. Names are store/call/bytes of a value.
//
// The two ways take turns within each repetition, a block of calls each, and who begins a turn
// alternates, so that a machine that drifts or is shared drifts for both. The blocks are drawn from
// one sequence of keys: neither way meets records that the other has just fetched.
// Times are of the processor, spent by the calling thread: waiting is not the interface's doing.
// Counters: `raw_ns` and `interface_ns` for a call (a key of a hop, a record of a scan or load, a
// transaction), each the median over the blocks of a repetition, and `ratio`, the second over the
// first. interface_cost.py makes a table of them.
//
// --records=N       in the store (100,000)
// --directory=PATH  where the store is (the system's for temporary files). In memory (/dev/shm)
// no
//                   device hides the cost, and commits that wait for one do not drown it.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <iostream>
#include <optional>

#include "base/error.h"
#include "base/random.h"
#include "benchmarks/store/arena.h"

namespace skerry::benchmarks {
namespace {

struct Settings {
  std::size_t records = 100'000;
  std::filesystem::path directory = std::filesystem::temp_directory_path();
};

/// A block of `count` calls, from the record `first` of a round on. Returns what Side returns.
using Block = std::function<std::uint64_t(Side&, std::size_t first, std::size_t count)>;

/// Nanoseconds of the processor that the calling thread has had.
std::int64_t thread_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

/// What the two ways took, taking turns.
class Duel {
 public:
  /// `work` does one way's part and returns what Side returned.
  void turn(const std::function<std::uint64_t(bool is_raw)>& work) {
    const bool raw_first = raw_.size() % 2 == 0;
    std::uint64_t answers[2];
    for (const bool is_raw : {raw_first, !raw_first}) {
      const std::int64_t start = thread_time();
      answers[is_raw] = work(is_raw);
      (is_raw ? raw_ : interface_).push_back(thread_time() - start);
    }
    if (answers[0] != answers[1]) throw Error(Code::corrupt, "the two ways gave different answers");
  }

  /// Seconds of the last turn.
  double last() const { return static_cast<double>(raw_.back() + interface_.back()) / 1e9; }

  void report(benchmark::State& state, std::size_t calls) {
    const double raw = median(raw_) / static_cast<double>(calls);
    const double through = median(interface_) / static_cast<double>(calls);
    state.counters["raw_ns"] = raw;
    state.counters["interface_ns"] = through;
    state.counters["ratio"] = through / raw;
  }

 private:
  static double median(std::vector<std::int64_t>& times) {
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return static_cast<double>(*middle);
  }

  std::vector<std::int64_t> raw_;  // nanoseconds of each turn
  std::vector<std::int64_t> interface_;
};

/// The store of one case and size, kept until another is asked for: benchmarks of the same one
/// follow each other.
class Arenas {
 public:
  Arenas(const Settings& settings, const Keys& keys) : settings_(&settings), keys_(&keys) {}

  Arena& filled(const StoreCase& which, std::size_t value_bytes) {
    const std::string wanted = fmt::format("{} {}", which.name, value_bytes);
    if (present_ != wanted) {
      arena_.emplace(which, settings_->directory);
      arena_->fill(*keys_, std::vector<std::byte>(value_bytes, std::byte{42}));
      present_ = wanted;
    }
    return *arena_;
  }

  /// Goes on from repetition to repetition.
  Random& random() noexcept { return random_; }

 private:
  Random random_{2};
  const Settings* settings_;
  const Keys* keys_;
  std::optional<Arena> arena_;
  std::string present_;
};

Side& side_of(Pair& pair, bool is_raw) { return is_raw ? pair.raw() : pair.interface(); }

void run_blocks(benchmark::State& state, Pair& pair, std::size_t records, std::size_t block,
                Random& random, const Block& work) {
  block = std::min(block, records);
  Duel duel;
  for (auto _ : state) {
    duel.turn([&](bool is_raw) {
      return work(side_of(pair, is_raw), random.below(records / block) * block, block);
    });
    state.SetIterationTime(duel.last());
  }
  duel.report(state, block);
}

/// Each way loads a tenth of the records, for more turns, into a store of its own: a second load
/// into the same one would find memory ready.
void run_load(benchmark::State& state, const Settings& settings, const StoreCase& which,
              const Keys& keys, std::size_t value_bytes) {
  const std::vector<std::byte> value(value_bytes, std::byte{42});
  const std::span<const kv::Key> records = keys.ascending().first(keys.ascending().size() / 10);
  Duel duel;
  for (auto _ : state) {
    Arena arenas[] = {{which, settings.directory}, {which, settings.directory}};
    duel.turn([&](bool is_raw) {
      Pair& pair = arenas[is_raw].pair();
      return side_of(pair, is_raw).load(pair.table(main_table), records, value);
    });
    state.SetIterationTime(duel.last());
  }
  duel.report(state, records.size());
}

/// Google Benchmark reports an error and goes on; the exit status must tell.
bool failed = false;

void add(const std::string& name, const std::function<void(benchmark::State&)>& body) {
  benchmark::RegisterBenchmark(name.c_str(), [body](benchmark::State& state) {
    try {
      body(state);
    } catch (const std::exception& error) {
      failed = true;
      state.SkipWithError(error.what());
    }
  })->UseManualTime();
}

void add_case(const Settings& settings, const Keys& keys, Arenas& arenas, const StoreCase& which,
              std::size_t value_bytes) {
  const auto name = [&](std::string_view call) {
    return fmt::format("{}/{}/{}", which.name, call, value_bytes);
  };
  const auto add_blocks = [&](std::string_view call, std::size_t block, const Block& work,
                              bool reads = true) {
    add(name(call), [=, &keys, &arenas](benchmark::State& state) {
      Pair& pair = arenas.filled(which, value_bytes).pair();
      for (Side* const side : {&pair.raw(), &pair.interface()}) {
        // Under a writer an old snapshot would keep pages from being used again.
        reads ? side->begin_reading() : side->end_reading();
      }
      run_blocks(state, pair, keys.hops().size(), block, arenas.random(), work);
    });
  };
  add_blocks("get", 256, [&keys](Side& side, std::size_t first, std::size_t count) {
    return side.get(keys.hops().subspan(first, count));
  });
  for (const std::size_t hop : {std::size_t{16}, max_hop}) {
    add_blocks(fmt::format("multi_get{}", hop), 256,
               [&keys, hop](Side& side, std::size_t first, std::size_t count) {
                 return side.multi_get(keys.hops().subspan(first, count), hop);
               });
  }
  add_blocks("scan", 1024, [&keys](Side& side, std::size_t first, std::size_t count) {
    return side.scan(keys.ascending()[first], count);
  });
  if (which.read_only) return;
  const std::vector<std::byte> value(value_bytes, std::byte{7});
  add_blocks(
      "put_commit", 32,
      [&keys, value](Side& side, std::size_t first, std::size_t count) {
        return side.put(keys.hops().subspan(first, count), value);
      },
      false);
  add(name("bulk_load"), [=, &settings, &keys](benchmark::State& state) {
    run_load(state, settings, which, keys, value_bytes);
  });
}

/// Throws Error{invalid_argument} for what neither this program nor Google Benchmark knows.
Settings settings_of(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    constexpr std::string_view records = "--records=";
    constexpr std::string_view directory = "--directory=";
    if (argument.starts_with(directory)) {
      settings.directory = argument.substr(directory.size());
    } else if (argument.starts_with(records)) {
      const char* const end = argument.data() + argument.size();
      const auto [stop, error] =
          std::from_chars(argument.data() + records.size(), end, settings.records);
      if (error != std::errc() || stop != end || settings.records < 2 * max_hop) {
        throw Error(Code::invalid_argument,
                    fmt::format("--records takes a number of at least {}", 2 * max_hop),
                    {.found = std::string(argument)});
      }
    } else {
      throw Error(Code::invalid_argument,
                  "known are --records=N, --directory=PATH and Google Benchmark's own options",
                  {.found = std::string(argument)});
    }
  }
  return settings;
}

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const Settings settings = settings_of(argc, argv);
  const Keys keys(settings.records);
  Arenas arenas(settings, keys);
  for (const StoreCase& which :
       {StoreCase{"lmdb", "lmdb", false}, StoreCase{"rocksdb", "rocksdb", false},
        StoreCase{"rocksdb-mapped", "rocksdb", true}}) {
    // A list of links; a vector of 384 dimensions, which LMDB keeps on pages of its own.
    for (const std::size_t value_bytes : {100, 1536})
      add_case(settings, keys, arenas, which, value_bytes);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace skerry::benchmarks

int main(int argc, char** argv) {
  try {
    return skerry::benchmarks::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "store_benchmark: " << error.what() << '\n';
    return 2;
  }
}
