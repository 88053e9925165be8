#include "experiments/graphs/trace.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "experiments/graphs/replay.h"
#include "graph/rows.h"
#include "graph/views.h"
#include "tests/experiments/graphs/shipped.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

constexpr std::size_t dimension = 3;

/// Random vectors with many equal distances, and random links on up to three levels.
struct World {
  graph::Rows rows;
  graph::Graph graph;
  std::vector<std::byte> query;

  World(std::uint64_t seed, std::size_t items) : graph({4, 8}) {
    Random random(seed);
    const distance::Metric& metric = distance::metric("euclidean");
    const auto vectors = [&](std::size_t count) {
      std::vector<std::byte> bytes(count * dimension * 4);
      for (std::size_t i = 0; i < count * dimension; ++i) {
        store(bytes.data() + 4 * i, static_cast<float>(random.below(6)));
      }
      return bytes;
    };
    rows = graph::encode_rows(metric, dimension, vectors(items), items, 1);
    query.resize(rows.row_bytes());
    metric.encode(vectors(1), dimension, query.data());
    for (std::size_t i = 0; i < items; ++i) {
      graph.add_item(i == 0 || i % 16 == 5 ? 2 : (i % 4 == 1 ? 1 : 0));
    }
    for (std::size_t i = 0; i < items; ++i) {
      const auto slot = static_cast<Slot>(i);
      for (unsigned level = 0; level <= graph.top_of(slot); ++level) {
        std::vector<Slot> links;
        for (int tries = 0; tries < 30; ++tries) {
          const auto target = static_cast<Slot>(random.below(items));
          if (graph.top_of(target) < level || target == slot) continue;
          if (std::find(links.begin(), links.end(), target) != links.end()) continue;
          if (links.size() < 2 + random.below(graph.bounds().at(level) - 1))
            links.push_back(target);
        }
        graph.set_links(level, slot, links);
      }
    }
    graph.set_entry_points(items > 5 && random.below(2) == 0 ? std::vector<Slot>{0, 5}
                                                             : std::vector<Slot>{0});
  }

  graph::Target target() const { return {query.data(), rows.metric().kernels().batch, dimension}; }

  /// A real search.
  Replayed search(std::size_t k, std::size_t ef) const {
    graph::FrozenView view(graph, rows);
    graph::SearchScratch scratch;
    Replayed result;
    graph::search_graph(view, target(), graph.entry_points(), graph.top_level(), 0, ef, scratch,
                        result.work);
    for (std::size_t i = 0; i < std::min(k, scratch.beam.size()); ++i) {
      result.hits.push_back(scratch.beam[i]);
    }
    return result;
  }

  Trace record(std::size_t ef) const {
    graph::FrozenView view(graph, rows);
    graph::SearchScratch scratch;
    graph::SearchWork work;
    Trace trace;
    TracingView tracing(view, target(), trace);
    graph::search_graph(tracing, target(), graph.entry_points(), graph.top_level(), 0, ef, scratch,
                        work);
    return trace;
  }
};

TEST(Trace, OneWideSearchReplaysEveryNarrowerOne) {
  const Termination all = Termination::parse("ef");
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const World world(seed, 1 + seed * 5);
    constexpr std::uint32_t widest = 48;
    const Trace trace = world.record(widest);
    for (std::size_t ef = 1; ef <= widest; ++ef) {
      const Replayed real = world.search(ef, ef);
      const Replayed replayed = replay(trace, widest, ef, ef, all);
      ASSERT_EQ(replayed.hits, real.hits) << "seed " << seed << " ef " << ef;
      ASSERT_EQ(replayed.work.distances, real.work.distances) << "seed " << seed << " ef " << ef;
      ASSERT_EQ(replayed.work.hops, real.work.hops) << "seed " << seed << " ef " << ef;
    }
  }
}

TEST(Trace, AFileGivesBackWhatWasRecordedAndFindsEveryChangedByte) {
  const support::TempDir folder;
  const std::filesystem::path path = folder.path() / "trace";
  TraceFile file{"euclidean", 8, 2, 40, {}};
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    file.traces.push_back(World(seed, 40).record(8));
    file.traces.back().truth = {1, 2};
  }
  write_trace(path, file);
  const TraceFile again = read_trace(path);
  EXPECT_EQ(again.metric, "euclidean");
  EXPECT_EQ(again.ef, 8U);
  ASSERT_EQ(again.traces.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(again.traces[i].truth, file.traces[i].truth);
    EXPECT_EQ(again.traces[i].entries, file.traces[i].entries);
    EXPECT_EQ(again.traces[i].scored, file.traces[i].scored);
    EXPECT_EQ(again.traces[i].expansions.size(), file.traces[i].expansions.size());
  }
  const std::vector<std::byte> good = bytes_of(path);
  for (std::size_t i = 0; i < good.size(); i += 3) {
    std::vector<std::byte> bad = good;
    bad[i] ^= std::byte{0x40};
    write_bytes(path, bad);
    EXPECT_THROW(read_trace(path), Error) << i;
    write_bytes(path, Bytes(good).first(i));
    EXPECT_THROW(read_trace(path), Error) << i;
  }
}

TEST(Trace, BudgetsStopAtTheFirstNodeThatWouldExceedThem) {
  const World world(3, 200);
  const Trace trace = world.record(40);
  const Replayed whole = replay(trace, 40, 5, 40, Termination::parse("ef"));
  std::uint64_t before = 0;
  for (std::uint64_t n = 1; n <= whole.work.distances; ++n) {
    const Replayed cut =
        replay(trace, 40, 5, 40, Termination::parse("distances(" + std::to_string(n) + ")"));
    // The descent is never cut; one node may go over by its links.
    EXPECT_LE(cut.work.distances, whole.work.distances);
    EXPECT_GE(cut.work.distances, std::max(before, std::min(n, whole.work.distances)));
    before = cut.work.distances;
  }
  EXPECT_EQ(before, whole.work.distances);
}

TEST(Trace, PatienceAndRatiosDoNoMoreThanTheBeamAndGrowWithTheirNumber) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const World world(seed, 300);
    const Trace trace = world.record(60);
    const std::uint64_t whole = replay(trace, 60, 5, 60, Termination::parse("ef")).work.hops;
    std::uint64_t before = 0;
    for (const char* spec : {"patience(1)", "patience(2)", "patience(5)", "patience(1000)"}) {
      const std::uint64_t hops = replay(trace, 60, 5, 60, Termination::parse(spec)).work.hops;
      EXPECT_GE(hops, before);
      before = hops;
    }
    EXPECT_EQ(before, whole);
    before = 0;
    for (const char* spec : {"distance_ratio(0)", "distance_ratio(0.3)", "distance_ratio(1000)"}) {
      Termination rule = Termination::parse(spec);
      rule.bind("euclidean", true, 2);
      const std::uint64_t hops = replay(trace, 60, 5, 60, rule).work.hops;
      EXPECT_GE(hops, before);
      before = hops;
    }
  }
}

TEST(Trace, RulesAndBeamsOutOfRangeAreRefused) {
  const auto parse = [](const char* spec) { return [=] { Termination::parse(spec); }; };
  support::expect_error(Code::invalid_argument, {"patience"}, parse("patienc(3)"));
  support::expect_error(Code::invalid_argument, {"patience"}, parse("patience(0)"));
  support::expect_error(Code::invalid_argument, {"distances(2000)"}, parse("distances"));
  support::expect_error(Code::invalid_argument, {"inner_product"}, [] {
    Termination::parse("distance_ratio(0.2)").bind("inner_product", false, 1);
  });
  const Trace trace = World(1, 30).record(8);
  const Termination all = Termination::parse("ef");
  support::expect_error(Code::invalid_argument, {"ef is 9"}, [&] { replay(trace, 8, 1, 9, all); });
  support::expect_error(Code::invalid_argument, {"k is 5"}, [&] { replay(trace, 8, 5, 4, all); });
}

TEST(Trace, ATraceOfAnotherOrderIsCorrupt) {
  Trace trace = World(1, 60).record(8);
  ASSERT_GT(trace.expansions.size(), 2U);
  trace.expansions.back().slot ^= 1;
  support::expect_error(Code::corrupt, {"does not expand"},
                        [&] { replay(trace, 8, 1, 8, Termination::parse("ef")); });
}

}  // namespace
}  // namespace skerry::experiments
