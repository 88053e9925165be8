#pragma once
// What a results directory holds apart from times and places: equal for equal work.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/query_rows.h"

namespace skerry::experiments {

/// The objects of a file of one a line; none when there is no such file.
inline std::vector<nlohmann::json> lines(const std::filesystem::path& path) {
  std::vector<nlohmann::json> all;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) all.push_back(nlohmann::json::parse(line));
  return all;
}

/// By point. A point that is recorded twice fails the test.
inline std::map<std::string, std::string> essence(const std::filesystem::path& directory) {
  std::map<std::string, std::string> points;
  for (const nlohmann::json& record : lines(directory / "results.jsonl")) {
    const nlohmann::json what = {record.at("config"),       record.at("recall"), record.at("work"),
                                 record.at("links"),        record.at("tables"), record.at("graph"),
                                 record.at("graph_digest"), record.at("dataset")};
    EXPECT_TRUE(points.try_emplace(record.at("point"), what.dump()).second) << "repeated";
  }
  return points;
}

/// By point: in which stage it failed, and why.
inline std::map<std::string, std::string> failure_essence(const std::filesystem::path& directory) {
  std::map<std::string, std::string> points;
  for (const nlohmann::json& failure : lines(directory / "failures.jsonl")) {
    const nlohmann::json what = {failure.at("config"), failure.at("stage"), failure.at("why")};
    EXPECT_TRUE(points.try_emplace(failure.at("point"), what.dump()).second) << "repeated";
  }
  return points;
}

/// By file: the per-query rows without latencies, and the bytes of what was found.
inline std::map<std::string, std::string> file_essence(const std::filesystem::path& directory) {
  std::map<std::string, std::string> files;
  for (const char* folder : {"queries", "neighbours"}) {
    if (!std::filesystem::exists(directory / folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(directory / folder)) {
      std::string& text = files[std::string(folder) + "/" + entry.path().filename().string()];
      if (std::string(folder) == "neighbours") {
        std::ifstream file(entry.path(), std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(file), {});
        continue;
      }
      for (const QueryRow& row : read_query_rows(entry.path())) {
        for (const std::uint64_t number :
             {std::uint64_t{row.query}, std::uint64_t{row.hits}, std::uint64_t{row.hits_tie},
              std::uint64_t{row.returned}, std::uint64_t{row.distances}, std::uint64_t{row.hops},
              std::uint64_t{row.gets}, row.bytes, std::uint64_t{row.latency_ns.size()}}) {
          text += std::to_string(number) + ' ';
        }
      }
    }
  }
  return files;
}

}  // namespace skerry::experiments
