#pragma once
// Fetches data sets and puts them where configs find them by name.

#include <filesystem>
#include <functional>
#include <string>

#include "base/progress.h"
#include "experiments/catalogue.h"
#include "experiments/download.h"

namespace skerry::experiments {

struct GetOptions {
  std::filesystem::path directory;  ///< created when it does not exist
  DownloadLimits limits{};
  Progress progress{};
  std::function<void(const std::string& line)>
      say{};  ///< what has been done, for people; may be empty
};

/// Fetches what is missing of a set. A file appears under its name only when it is complete, of the
/// right length, and has been opened by skerry's reader for its format; one that fails is removed
/// and named. Until then it stands beside its place as `base.part.fbin`, and the next call goes on
/// with it. Throws what download() throws; corrupt, mismatch for content; unsupported for a set
/// that must be brought by hand.
DatasetRequest get_dataset(const CatalogueEntry& entry, const GetOptions& options);

/// The same for a single file that the catalogue does not know. `sha256` (64 hex digits) and
/// `bytes` are checked unless empty and 0. Returns the file's path.
std::filesystem::path get_url(const std::string& url, const std::string& sha256,
                              std::uint64_t bytes, const GetOptions& options);

}  // namespace skerry::experiments
