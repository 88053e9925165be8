#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "experiments/report/page_data.h"
#include "experiments/report/record_fields.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// The different texts of one field, in alphabetical order.
std::set<std::string> texts_of(const ResultsInput& input, const char* group, const char* field) {
  std::set<std::string> texts;
  for (const MeasuredPoint& point : input.points) texts.insert(text_at(point.record, group, field));
  texts.erase("");
  return texts;
}

std::string machine_of(const ordered_json& record) {
  std::string machine = text_at(record, "provenance", "cpu");
  if (const auto cores = number_at(record, "provenance", "cores")) {
    machine += fmt::format(", {} cores", *cores);
  }
  return machine;
}

void warn_of_mixture(const ResultsInput& input, std::vector<std::string>& warnings) {
  std::set<std::string> machines;
  for (const MeasuredPoint& point : input.points) machines.insert(machine_of(point.record));
  if (machines.size() > 1) {
    warnings.push_back(
        fmt::format("The points come from {} machines ({}): their times cannot be compared.",
                    machines.size(), fmt::join(machines, "; ")));
  }
  const std::set<std::string> commits = texts_of(input, "provenance", "commit");
  if (commits.size() > 1) {
    warnings.push_back(fmt::format("The points come from {} commits of the program ({}).",
                                   commits.size(), fmt::join(commits, ", ")));
  }
  for (const std::string& commit : commits) {
    if (!commit.ends_with("-dirty")) continue;
    warnings.push_back(
        fmt::format("The program was built from changed sources ({}): its commit does not say "
                    "which.",
                    commit));
  }
  const std::set<std::string> data = texts_of(input, "dataset", "hash");
  if (data.size() > 1) {
    warnings.push_back(fmt::format(
        "The points come from {} different data sets: recall and speed depend on the data.",
        data.size()));
  }
}

void warn_of_files(const ResultsInput& input, std::vector<std::string>& warnings) {
  for (const ResultsDirectory& directory : input.directories) {
    if (!directory.torn) continue;
    warnings.push_back(fmt::format(
        "{}: the last line was cut short by a killed run and is left out; `skerry run` goes on "
        "from there.",
        directory.path.string()));
  }
}

/// What a search finds may depend on the graph, the data and these columns of the search alone.
std::string search_key(const ordered_json& record) {
  std::string key = record.value("graph_digest", ordered_json()).dump();
  key += text_at(record, "dataset", "hash");
  for (const char* column :
       {"metric", "encoding", "k", "ef", "traversal", "oversample", "termination", "entry"}) {
    key += record.at("config").value(column, ordered_json()).dump() + " ";
  }
  return key;
}

void warn_of_disagreement(const ResultsInput& input, std::vector<std::string>& warnings) {
  std::map<std::string, const ordered_json*> first;
  std::size_t differing = 0;
  for (const MeasuredPoint& point : input.points) {
    if (!point.record.contains("graph_digest")) continue;
    const ordered_json& other =
        *first.try_emplace(search_key(point.record), &point.record).first->second;
    differing +=
        number_at(point.record, "recall", "strict") != number_at(other, "recall", "strict") ||
        number_at(point.record, "work", "distances") != number_at(other, "work", "distances");
  }
  if (differing > 0) {
    warnings.push_back(fmt::format(
        "{} point(s) differ in recall or distances from another search of the same graph: on one "
        "graph they must not depend on store, codec or view. This is a defect.",
        differing));
  }
}

void warn_of_cold_points(const ResultsInput& input, std::vector<std::string>& warnings) {
  std::size_t lukewarm = 0;
  for (const MeasuredPoint& point : input.points) {
    lukewarm += text_at(point.record, "cache", "state") == "lukewarm";
  }
  if (lukewarm == 0) return;
  warnings.push_back(fmt::format(
      "{} point(s) were asked to run on a cold cache, but some pages stayed in memory; they are "
      "labelled lukewarm.",
      lukewarm));
}

}  // namespace

std::vector<std::string> warnings_of(const ResultsInput& input) {
  std::vector<std::string> warnings;
  warn_of_mixture(input, warnings);
  warn_of_files(input, warnings);
  warn_of_disagreement(input, warnings);
  warn_of_cold_points(input, warnings);
  return warnings;
}

}  // namespace skerry::experiments
