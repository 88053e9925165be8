#include "experiments/record.h"

#include "experiments/results.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

ordered_json compose_record(const RecordContext& context, const std::string& point,
                            const std::string& layout, const Settings& settings,
                            const ordered_json& built, const ordered_json& written,
                            const ordered_json& measured, bool again) {
  const double graph_seconds = built.at("seconds");
  const double layout_seconds = written.at("seconds");
  ordered_json record = {{"schema", results_schema}, {"experiment", context.experiment},
                         {"point", point},           {"layout_id", layout},
                         {"time", utc_now()},        {"config", flat_config(settings)}};
  if (again) record["aa"] = 1;
  for (const char* field : {"recall", "qps", "latency_us", "work"}) {
    record[field] = measured.at(field);
  }
  record["build"] = {{"seconds", graph_seconds + layout_seconds},
                     {"graph_seconds", graph_seconds},
                     {"layout_seconds", layout_seconds},
                     {"distances", built.at("distances")},
                     {"code_distances", built.at("code_distances")},
                     {"pair_memo_lookups", built.at("pair_memo_lookups")},
                     {"pair_memo_hits", built.at("pair_memo_hits")},
                     {"peak_rss_bytes", built.at("peak_rss_bytes")},
                     {"cached", built.at("cached")}};
  for (const char* field : {"links", "tables", "write", "layout"}) {
    record[field] = written.at(field);
  }
  for (const char* field :
       {"resident", "time_split_us", "engine", "read_amplification", "io", "cache"}) {
    record[field] = measured.at(field);
  }
  record["graph"] = written.at("graph");
  record["disk_bytes"] = written.at("disk_bytes");
  for (const char* field : {"disk_bytes_compacted", "space_amplification", "compacted", "churn"}) {
    if (written.contains(field)) record[field] = written.at(field);
  }
  record["graph_digest"] = written.at("digest");
  record["dataset"] = context.datasets.at(settings.word("metric"));
  record["provenance"] = context.provenance;
  return record;
}

void add_result(GraphResult& graph, const Settings& settings, const ordered_json& record) {
  const ordered_json& links = record.at("links");
  graph.seconds = record.at("build").at("graph_seconds");
  if (!record.contains("churn") || graph.digest.empty()) {
    graph.digest = record.at("graph_digest");
    graph.edges = links.at("edges");
    graph.edges_per_vector = links.at("edges_per_vector");
  }
  const double link_bytes =
      links.at("value_bytes").get<double>() + links.at("key_bytes").get<double>();
  graph.points.push_back(
      {.settings = settings,
       .recall = record.at("recall").at("strict"),
       .distances = record.at("work").at("distances"),
       .qps = record.at("qps").at("median"),
       .link_bytes_per_vector = link_bytes / record.at("dataset").at("n").get<double>(),
       .disk_bytes = record.at("disk_bytes"),
       .layout_seconds = record.at("build").at("layout_seconds")});
}

}  // namespace skerry::experiments
