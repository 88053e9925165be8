#pragma once
// The points of a results directory that failed, and why: DIR/failures.jsonl.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "experiments/child.h"
#include "experiments/keys.h"

namespace skerry::experiments {

class Failures {
 public:
  /// Reads what is there. Throws Error: io, corrupt.
  explicit Failures(const std::filesystem::path& directory);

  std::set<std::string> points() const;

  /// Forgets points: they are measured anew, or have been. Throws Error{io, no_space}.
  void forget(const std::set<std::string>& points);

  /// Appends one object. `end` is that of the child, `log` the last of what it wrote.
  void add(const std::string& point, const Settings& settings, std::string_view stage,
           std::string_view why, const ChildEnd& end, const std::string& log);

 private:
  std::filesystem::path path_;
  std::vector<nlohmann::ordered_json> objects_;
};

/// The last `most` bytes of a file, from the beginning of a line; "" when it cannot be read.
std::string tail_of(const std::filesystem::path& path, std::size_t most = 2000);

}  // namespace skerry::experiments
