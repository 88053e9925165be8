#pragma once
// results.jsonl: one JSON object per search point, in the form that docs/configs.md describes.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "experiments/keys.h"

namespace skerry::experiments {

/// Version of the form of a record.
inline constexpr int results_schema = 1;

/// The file that records are appended to. One run at a time may hold it.
class ResultsFile {
 public:
  /// Creates the directory and the file where they are missing. A last line that a killed run left
  /// torn is cut off. Throws Error: io, no_space, busy when another run holds the file.
  explicit ResultsFile(const std::filesystem::path& directory);
  ~ResultsFile();
  ResultsFile(const ResultsFile&) = delete;
  ResultsFile& operator=(const ResultsFile&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

  /// Appends one line by one write. Throws Error{io, no_space}; the file then ends as before.
  void append(const nlohmann::ordered_json& record);

  /// What was appended survives a loss of power when this returns. Throws Error{io}.
  void sync();

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

/// The flat `config` object of a point.
nlohmann::ordered_json flat_config(const Settings& settings);

/// Now in UTC, "2024-06-07T12:00:00Z".
std::string utc_now();

/// Program, machine and run. `settings` are the texts of --set options.
nlohmann::ordered_json provenance(std::string_view run_id, std::string_view config_file,
                                  std::span<const std::string> settings);

/// 12 hex digits that tell runs apart.
std::string new_run_id();

}  // namespace skerry::experiments
