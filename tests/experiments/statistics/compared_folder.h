#pragma once
// Results directories made by hand for the tests of comparisons, with per-query rows.

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/query_rows.h"
#include "tests/experiments/report/results_folder.h"

namespace skerry::experiments {

/// What a hand-made point is to show. Of each of 200 queries: hits of 10, and distances.
struct HandMade {
  std::string selection = "hnsw";
  int seed = 1;
  int ef = 32;
  std::string graph = "g";  ///< its digest
  std::function<int(int query)> hits = [](int) { return 9; };
  std::function<int(int query)> distances = [](int) { return 400; };
  double qps = 1000;
  double link_bytes = 30;  ///< per vector
};

class ComparedFolder {
 public:
  static constexpr int queries = 200;

  std::string path() const { return folder_.path(); }

  /// Adds the record and its rows.
  void add(const HandMade& point) {
    std::vector<QueryRow> rows;
    double hits = 0;
    double distances = 0;
    for (int query = 0; query < queries; ++query) {
      QueryRow row;
      row.query = static_cast<std::uint32_t>(query);
      row.hits = static_cast<std::uint16_t>(point.hits(query));
      row.distances = static_cast<std::uint32_t>(point.distances(query));
      row.latency_ns = {static_cast<std::uint32_t>(1e9 / point.qps)};
      hits += row.hits;
      distances += row.distances;
      rows.push_back(row);
    }
    nlohmann::ordered_json record = make_record("memory", "u32", "frozen", point.ef);
    record["point"] = id(point);
    record["config"]["selection"] = point.selection;
    record["config"]["seed"] = point.seed;
    record["recall"]["strict"] = hits / 10 / queries;
    record["work"]["distances"] = distances / queries;
    record["qps"]["median"] = point.qps;
    record["links"]["value_bytes"] = point.link_bytes * 1000;
    record["links"]["key_bytes"] = 0;
    record["graph_digest"] = point.graph;
    folder_.add(record);
    write_query_rows(query_rows_file(path(), id(point)), rows);
  }

  /// Adds a second measurement of a point to noise.jsonl.
  void add_repeat(const HandMade& point, double qps) {
    nlohmann::ordered_json record = make_record("memory", "u32", "frozen", point.ef);
    record["point"] = id(point);
    record["aa"] = 1;
    record["qps"]["median"] = qps;
    double hits = 0;
    double distances = 0;
    for (int query = 0; query < queries; ++query) {
      hits += point.hits(query);
      distances += point.distances(query);
    }
    record["recall"]["strict"] = hits / 10 / queries;
    record["work"]["distances"] = distances / queries;
    folder_.add(record, "noise.jsonl");
  }

  /// A record as it is, without rows.
  void add_record(const nlohmann::ordered_json& record) { folder_.add(record); }

  static std::string id(const HandMade& point) {
    return point.selection + "-" + std::to_string(point.seed) + "-" + std::to_string(point.ef);
  }

 private:
  ResultsFolder folder_;
};

}  // namespace skerry::experiments
