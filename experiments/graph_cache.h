#pragma once
// Graphs that were built before, so that another run, another layout or a resumed sweep need not
// build them again: cache_directory()/graphs/<graph id>.graph, and .json with what the build told.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace skerry::experiments {

class GraphCache {
 public:
  /// Keeps at most `most_bytes` of graphs, those that were used last. 0: keeps none.
  explicit GraphCache(std::uint64_t most_bytes = std::uint64_t{4} << 30);

  /// Where the graph is to be written (a temporary name) or read.
  std::filesystem::path graph(const std::string& id) const;
  std::filesystem::path unfinished(const std::string& id) const;

  /// What the build told, when the graph is there; touches it. A file that is not whole counts as
  /// missing; whether the graph's bytes are right is told by reading it (graph_file.h).
  std::optional<nlohmann::ordered_json> find(const std::string& id) const;

  /// Gives the unfinished graph its name, and makes room. Throws Error{io, no_space}.
  void keep(const std::string& id, const nlohmann::ordered_json& built) const;

  void remove(const std::string& id) const noexcept;

 private:
  void make_room(const std::string& but) const;

  std::filesystem::path folder_;
  std::uint64_t most_bytes_;
};

}  // namespace skerry::experiments
