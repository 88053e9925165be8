#pragma once
// Results directories made by hand for the tests of reports and exports.

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/temp_dir.h"

namespace skerry::experiments {

/// A whole record. Recall grows and speed falls with ef.
inline nlohmann::ordered_json make_record(const std::string& store, const std::string& codec,
                                          const std::string& view, int ef) {
  const double miss = 1.6 / ef;
  return {
      {"schema", 1},
      {"experiment", "by hand"},
      {"point", store + "-" + codec + "-" + view + "-" + std::to_string(ef)},
      {"time", "2024-06-07T12:00:00Z"},
      {"config",
       {{"metric", "cosine"},
        {"M", 16},
        {"ef_construction", 100},
        {"selection", "hnsw"},
        {"store", store},
        {"codec", codec},
        {"encoding", "f32"},
        {"k", 10},
        {"view", view},
        {"threads", 1},
        {"repetitions", 3},
        {"ef", ef}}},
      {"recall", {{"strict", 1 - miss}, {"tie", 1 - miss / 2}, {"p5", 0.5}}},
      {"qps", {{"median", 1e6 / ef}, {"min", 0.9e6 / ef}, {"max", 1.1e6 / ef}}},
      {"latency_us", {{"p50", 0.9 * ef}, {"p95", 1.5 * ef}, {"p99", 2.0 * ef}}},
      {"work", {{"distances", 10.0 * ef}, {"gets", 11.0 * ef}, {"bytes", 500.0 * ef}}},
      {"build", {{"seconds", 1.5}}},
      {"links",
       {{"edges", 20000}, {"value_bytes", codec == "u32" ? 80000 : 30000}, {"key_bytes", 5000}}},
      {"disk_bytes", 500000},
      {"graph_digest", "0123456789abcdef"},
      {"dataset",
       {{"name", "mini-8-angular.hdf5"},
        {"n", 1000},
        {"dimension", 8},
        {"queries", 4},
        {"hash", "00ff"}}},
      {"provenance",
       {{"config_file", "mini.toml"},
        {"settings", {"build.M=16"}},
        {"version", "0.1.0"},
        {"commit", "aaaa"},
        {"cpu", "a processor"},
        {"cores", 2}}}};
}

/// A directory with what is added to it.
class ResultsFolder {
 public:
  std::string path() const { return folder_.path().string(); }

  void add(const nlohmann::ordered_json& record, const std::string& file = "results.jsonl") {
    std::ofstream(folder_.path() / file, std::ios::app | std::ios::binary) << record.dump() << "\n";
  }

  /// Two stores, two codecs, two views, three ef: 24 points.
  void add_sweep() {
    for (const char* store : {"memory", "lmdb"}) {
      for (const char* codec : {"u32", "delta"}) {
        for (const char* view : {"direct", "frozen"}) {
          for (const int ef : {16, 32, 64}) add(make_record(store, codec, view, ef));
        }
      }
    }
  }

 private:
  support::TempDir folder_;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The JSON block of a page.
inline nlohmann::ordered_json data_of_page(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t from = page.find(open) + open.size();
  return nlohmann::ordered_json::parse(page.substr(from, page.find("</script", from) - from));
}

}  // namespace skerry::experiments
