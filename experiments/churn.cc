#include "experiments/churn.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "base/spec.h"
#include "experiments/run_clock.h"
#include "graph/inspect.h"
#include "graph/link_sizes.h"
#include "graph/reader.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// Mean over queries of how many of k results are no farther than the k-th of a scan of the index.
std::vector<double> recall(const graph::Reader& reader, const ChurnWork& work,
                           const Matrix& queries) {
  const std::unique_ptr<graph::Reader::Searcher> searcher = reader.searcher();
  std::vector<double> sums(work.searches.size());
  std::vector<graph::Hit> truth;
  std::vector<graph::Hit> found;
  for (std::size_t q = 0; q < queries.rows; ++q) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto [k, ef] = work.searches[i];
      if (i == 0 || work.searches[i - 1].first != k) {
        searcher->search(queries.row(q), {.k = k, .ef = k, .scan = true}, truth);
      }
      searcher->search(queries.row(q), {.k = k, .ef = ef}, found);
      const auto right = std::count_if(found.begin(), found.end(), [&](const graph::Hit& hit) {
        return hit.distance <= truth.back().distance;
      });
      sums[i] += static_cast<double>(right) / static_cast<double>(truth.size());
    }
  }
  for (double& sum : sums) sum /= static_cast<double>(std::max<std::size_t>(1, queries.rows));
  return sums;
}

/// The index as it stands.
ordered_json describe_round(kv::Store& store, std::string_view name, const ChurnWork& work,
                            const Matrix& queries) {
  const graph::StoredIndex index(store, name);
  const graph::GraphReport report = graph::inspect_graph(index.load_graph());
  const graph::LevelDegrees& base = report.levels.at(0);
  const graph::RecordSizes links = graph::stored_sizes(index).links;
  const graph::Meta& meta = index.meta();
  return {{"recall", recall(graph::Reader(store, name, "frozen"), work, queries)},
          {"unreachable", report.unreachable_base},
          {"degree_mean", static_cast<double>(base.links) / static_cast<double>(base.items)},
          {"in_degree_p99", base.in_p99},
          {"in_degree_max", base.in_max},
          {"entry_points", meta.entry_points.size()},
          {"gone", meta.gone},
          {"free", meta.free},
          {"link_bytes", links.key_bytes + links.value_bytes}};
}

}  // namespace

ChurnSequence::ChurnSequence(std::size_t items, std::size_t held_back, std::size_t of_round,
                             std::size_t rounds, std::uint64_t seed)
    : rounds_(rounds) {
  Random random(hash64(seed, items));
  // The walk is drawn with names of its own; ids are given to them when its end is known.
  std::vector<ItemId> present(items);
  for (std::size_t i = 0; i < items; ++i) present[i] = i;
  std::deque<ItemId> out(held_back);
  for (std::size_t i = 0; i < held_back; ++i) out[i] = items + i;
  start_ = present;
  for (Round& round : rounds_) {
    shuffle(present, random);
    for (std::size_t i = 0; i < of_round; ++i) {
      round.erased.push_back(present[i]);
      present[i] = out.front();
      out.pop_front();
      round.added.push_back(present[i]);
    }
    out.insert(out.end(), round.erased.begin(), round.erased.end());
  }
  std::vector<ItemId> ids(items + held_back);
  shuffle(present, random);
  for (std::size_t i = 0; i < items; ++i) ids[present[i]] = i;
  std::vector<ItemId> rest(out.begin(), out.end());
  shuffle(rest, random);
  for (std::size_t i = 0; i < held_back; ++i) ids[rest[i]] = items + i;
  const auto rename = [&](std::vector<ItemId>& names) {
    for (ItemId& name : names) name = ids[name];
  };
  rename(start_);
  for (Round& round : rounds_) {
    rename(round.erased);
    rename(round.added);
  }
}

ordered_json churn_index(kv::Store& store, std::string_view name, const ChurnWork& work,
                         std::size_t items, const Matrix& vectors, const Matrix& queries,
                         const Progress& progress) {
  const std::size_t held_back = vectors.rows - items;
  const std::size_t of_round = work.via.of_round(items);
  const ChurnSequence sequence(items, held_back, of_round, work.via.rounds, work.index.seed);
  const bool keeps_deleted = Spec::parse(work.via.repair).name == "tombstone";
  graph::Writer::create(store, name, work.index);
  graph::Writer writer(store, name, work.threads);
  ordered_json rounds = ordered_json::array();
  double seconds = 0;
  const auto finish = [&](RunClock::time_point start, const graph::UpdateWork& done) {
    const double took = seconds_since(start);
    seconds += took;
    ordered_json round = {{"round", rounds.size()}, {"seconds", took}};
    round.update(describe_round(store, name, work, queries));
    round["records"] = done.records;
    round["bytes"] = done.bytes;
    rounds.push_back(std::move(round));
    progress.tell("round", rounds.size() - 1, work.via.rounds);
  };
  RunClock::time_point start = RunClock::now();
  for (const ItemId id : sequence.start()) writer.add(id, vectors.row(id));
  finish(start, writer.build(kv::Durability::process).work);
  for (const ChurnSequence::Round& round : sequence.rounds()) {
    start = RunClock::now();
    for (const ItemId id : round.erased) writer.erase(id);
    for (const ItemId id : round.added) writer.add(id, vectors.row(id));
    graph::UpdateWork done = writer.build(kv::Durability::process).work;
    if (keeps_deleted) {
      const graph::UpdateWork more = writer.consolidate({}, kv::Durability::process);
      done.records += more.records;
      done.bytes += more.bytes;
      done.lists += more.lists;
    }
    finish(start, done);
  }
  ordered_json searches = ordered_json::array();
  for (const auto& [k, ef] : work.searches) searches.push_back({{"k", k}, {"ef", ef}});
  return {{"held_back", held_back},
          {"replaced", of_round},
          {"searches", searches},
          {"seconds", seconds},
          {"rounds", rounds}};
}

}  // namespace skerry::experiments
