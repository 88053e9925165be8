#include "experiments/point_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/parallel.h"
#include "base/size.h"
#include "experiments/cost/engine_sums.h"
#include "experiments/cost/file_cache.h"
#include "experiments/cost/memory_limit.h"
#include "experiments/cost/process_io.h"
#include "experiments/ground_truth.h"
#include "experiments/neighbour_files.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

graph::SearchOptions options(const Settings& settings) {
  return {.k = static_cast<std::size_t>(settings.number("k")),
          .ef = static_cast<std::size_t>(settings.number("ef")),
          .scan = settings.word("traversal") == "scan",
          .oversample = static_cast<std::size_t>(settings.number("oversample"))};
}

graph::ReaderOptions opened(const Settings& settings) {
  const std::string_view traversal = settings.word("traversal");
  return {.view = settings.word("view"), .traversal = traversal == "scan" ? "f32" : traversal};
}

QueryRow row_of(std::size_t number, const CountedQuery& query, const Recall& recall) {
  return {.query = static_cast<std::uint32_t>(number),
          .hits = static_cast<std::uint16_t>(recall.hits),
          .hits_tie = static_cast<std::uint16_t>(recall.hits_tie),
          .returned = static_cast<std::uint16_t>(query.ids.size()),
          .distances = static_cast<std::uint32_t>(query.distances),
          .hops = static_cast<std::uint32_t>(query.hops),
          .gets = static_cast<std::uint32_t>(query.gets),
          .bytes = query.bytes,
          .latency_ns = {}};
}

/// What points must have in common to share an open reader.
std::string group_of(const Settings& settings) {
  return fmt::format("{} {} {} {}", settings.word("view"), opened(settings).traversal,
                     settings.word("cache"), settings.word("memory_limit"));
}

}  // namespace

struct PointRunner::Measured {
  Measured(const Settings& settings, const Matrix& queries)
      : timed(options(settings), queries, static_cast<unsigned>(settings.number("threads"))) {}

  ordered_json record;
  std::vector<CountedQuery> counted;
  std::vector<QueryRow> rows;
  TimedPasses timed;
  std::size_t passes = 0;
  ProcessIo io;                ///< of the timed passes
  double resident_share = -1;  ///< of the store's files before a cold pass, the largest
  TimeSplit split;
  graph::Reader::Resident resident;
};

void PointRunner::run() {
  std::vector<std::pair<std::string, Places>> groups;
  for (std::size_t place = 0; place < plan_->points.size(); ++place) {
    const std::string name = group_of(at(place));
    const auto known = std::find_if(groups.begin(), groups.end(),
                                    [&](const auto& group) { return group.first == name; });
    if (known == groups.end()) {
      groups.push_back({name, {place}});
    } else {
      known->second.push_back(place);
    }
  }
  for (const auto& [name, places] : groups) {
    // From here to the next one nothing is lost when this process ends.
    messages_->send(ordered_json{{"kind", "group"}}.dump());
    try {
      run_group(places);
    } catch (const Error& error) {
      const bool skipped =
          error.code() == Code::unsupported && at(places.front()).word("memory_limit") != "none";
      messages_->send(ordered_json{
          {"kind", skipped ? "skipped" : "failed"}, {"points", places}, {"why", error.what()}}
                          .dump());
    }
  }
}

void PointRunner::run_group(const Places& places) {
  std::vector<Measured> measured;
  for (const std::size_t place : places) {
    measured.emplace_back(at(place), dataset_->test);
    // Each point finds the engine's cache empty, so that its counters do not depend on the others.
    layout_->reopen(/*counters=*/true);
    count(place, measured.back());
  }
  layout_->reopen(/*counters=*/false);
  const Settings& settings = at(places.front());
  std::optional<MemoryLimit> limit;
  if (settings.word("memory_limit") != "none") {
    // Pages that are in memory already would not count.
    layout_->close_cold();
    try {
      limit.emplace(parse_size(settings.word("memory_limit")));
    } catch (...) {
      layout_->open();
      throw;
    }
    layout_->open();
  }
  if (settings.word("cache") == "cold") {
    time_cold(places, measured);
  } else {
    time_warm(places, measured);
  }
  limit.reset();
  for (std::size_t i = 0; i < places.size(); ++i) finish(places[i], measured[i]);
}

void PointRunner::count(std::size_t place, Measured& measured) const {
  announce("count", place);
  const graph::SearchOptions wanted = options(at(place));
  CountedPass pass = count_pass(layout_->store(), OpenLayout::index_name, opened(at(place)), wanted,
                                dataset_->test);
  measured.counted = std::move(pass.queries);
  std::vector<Recall> recalls;
  CountedQuery sum;
  for (std::size_t i = 0; i < measured.counted.size(); ++i) {
    const CountedQuery& query = measured.counted[i];
    recalls.push_back(recall_of(*dataset_, *metric_, i, query.ids, wanted.k));
    measured.rows.push_back(row_of(i, query, recalls.back()));
    sum.distances += query.distances;
    sum.code_distances += query.code_distances;
    sum.hops += query.hops;
    sum.gets += query.gets;
    sum.bytes += query.bytes;
  }
  const auto per_query = [&](std::uint64_t total) {
    return static_cast<double>(total) / static_cast<double>(measured.counted.size());
  };
  const RecallSummary recall = summarize(recalls);
  measured.record = {
      {"kind", "point"},
      {"point", place},
      {"recall",
       {{"strict", recall.strict},
        {"tie", recall.tie},
        {"p5", recall.p5},
        {"worst5_mean", recall.worst5_mean},
        {"returned_lt_k", recall.returned_lt_k}}},
      {"work",
       {{"distances", per_query(sum.distances)},
        {"code_distances", per_query(sum.code_distances)},
        {"hops", per_query(sum.hops)},
        {"gets", per_query(sum.gets)},
        {"bytes", per_query(sum.bytes)}}},
      {"engine", engine_json(pass.engine, dataset_->test.rows)},
      {"read_amplification", amplification(pass.engine, kv::CounterKind::read, sum.bytes)}};
}

void PointRunner::time_warm(const Places& places, std::vector<Measured>& measured) const {
  graph::ReaderOptions how = opened(at(places.front()));
  how.threads = machine_threads();  // of opening no figure is told
  const graph::Reader reader(layout_->store(), OpenLayout::index_name, how);
  warm_up(reader, places);
  std::int64_t most = 0;
  for (const std::size_t place : places) most = std::max(most, at(place).number("repetitions"));
  // Machines drift: a repetition of every point comes before the next one of any.
  for (std::int64_t repetition = 0; repetition < most; ++repetition) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (repetition >= at(places[i]).number("repetitions")) continue;
      announce("search", places[i]);
      const ProcessIo before = process_io();
      measured[i].timed.run(reader);
      measured[i].io = measured[i].io + (process_io() - before);
      ++measured[i].passes;
    }
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    announce("split", places[i]);
    measured[i].split = split_pass(reader, options(at(places[i])), dataset_->test);
    measured[i].resident = reader.resident();
  }
}

void PointRunner::time_cold(const Places& places, std::vector<Measured>& measured) const {
  for (std::size_t i = 0; i < places.size(); ++i) {
    const graph::ReaderOptions how = opened(at(places[i]));
    const std::int64_t repetitions = at(places[i]).number("repetitions");
    // One more for the split of the time, whose clock readings the others must not carry.
    for (std::int64_t repetition = 0; repetition <= repetitions; ++repetition) {
      announce(repetition < repetitions ? "cold search" : "split", places[i]);
      const double share = layout_->close_cold();
      measured[i].resident_share = std::max(measured[i].resident_share, share);
      const ProcessIo before = process_io();  // what opening reads is part of a cold start
      layout_->open();
      const graph::Reader reader(layout_->store(), OpenLayout::index_name, how);
      if (repetition == repetitions) {
        measured[i].split = split_pass(reader, options(at(places[i])), dataset_->test);
        measured[i].resident = reader.resident();
        continue;
      }
      measured[i].timed.run(reader);
      measured[i].io = measured[i].io + (process_io() - before);
      ++measured[i].passes;
    }
  }
}

void PointRunner::finish(std::size_t place, Measured& measured) const {
  ordered_json& record = measured.record;
  const TimedPasses::Rate rate = measured.timed.rate();
  const TimedPasses::Latency latency = measured.timed.latency();
  record["qps"] = {{"median", rate.median}, {"min", rate.min}, {"max", rate.max}};
  record["latency_us"] = {{"p50", latency.p50}, {"p95", latency.p95}, {"p99", latency.p99}};
  record["time_split_us"] = {{"store", measured.split.store},
                             {"decode", measured.split.decode},
                             {"distance", measured.split.distance},
                             {"heap", measured.split.heap}};
  const auto per_query = [&](std::uint64_t total) {
    return static_cast<double>(total) / static_cast<double>(measured.passes * dataset_->test.rows);
  };
  record["io"] = {{"read_bytes", per_query(measured.io.read_bytes)},
                  {"minor_faults", per_query(measured.io.minor_faults)},
                  {"major_faults", per_query(measured.io.major_faults)}};
  const std::string& asked = at(place).word("cache");
  record["cache"] = {{"asked", asked}, {"state", "warm"}};
  if (asked == "cold") {
    const bool proven = measured.resident_share < cold_share;
    record["cache"]["state"] = proven ? "cold" : "lukewarm";
    record["cache"]["resident_share"] = measured.resident_share;
  }
  record["resident"] = {{"links", measured.resident.links},
                        {"vectors", measured.resident.vectors},
                        {"codes", measured.resident.codes},
                        {"tables", measured.resident.tables}};
  for (std::size_t i = 0; i < measured.rows.size(); ++i) {
    measured.rows[i].latency_ns = measured.timed.of(i);
  }
  if (!files_->directory.empty()) {
    const std::string& point = files_->point_ids.at(place);
    if (files_->save_neighbours) {
      write_neighbours(files_->directory, point, measured.counted,
                       static_cast<std::size_t>(at(place).number("k")));
    }
    write_query_rows(query_rows_file(files_->directory, point), measured.rows);
  }
  messages_->send(record.dump());
}

/// One pass of the widest search, which meets the records of the others. Without a view's memory
/// and without an engine's there is nothing that the counting passes have not warmed.
void PointRunner::warm_up(const graph::Reader& reader, const Places& places) const {
  const Settings& settings = at(places.front());
  if (settings.word("view") == "direct" && !layout_->persistent()) return;
  const std::size_t widest = *std::max_element(
      places.begin(), places.end(),
      [&](std::size_t a, std::size_t b) { return at(a).number("ef") < at(b).number("ef"); });
  announce("warm-up", widest);
  TimedPasses(options(at(widest)), dataset_->test, 1).run(reader);
}

/// Tells the parent what runs now, so that it can say so if this process dies.
void PointRunner::announce(std::string_view what, std::size_t place) const {
  messages_->send(ordered_json{{"kind", "at"}, {"what", what}, {"point", place}}.dump());
}

}  // namespace skerry::experiments
