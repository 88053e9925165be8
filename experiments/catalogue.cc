#include "experiments/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "base/spec.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where the sets lie that come with skerry: below the current folder and beside the program, in a
/// source tree or installed.
std::vector<fs::path> shipped_directories() {
  std::vector<fs::path> directories{fs::path("experiments") / "data"};
  std::error_code unknown;
  const fs::path program = fs::read_symlink("/proc/self/exe", unknown);
  if (unknown) return directories;
  const fs::path above = program.parent_path().parent_path();
  directories.push_back(above / "experiments" / "data");
  directories.push_back(above / "share" / "skerry" / "datasets");
  return directories;
}

Error missing(const CatalogueEntry& entry, const DatasetRequest& files) {
  if (entry.train.url.empty()) {
    return {Code::not_found,
            fmt::format("data set `{}` is not here ({}; docs/datasets.md says how)", entry.name,
                        entry.note),
            {.path = files.path}};
  }
  return {Code::not_found,
          fmt::format("data set `{}` is not here; `skerry dataset get {}` fetches it ({})",
                      entry.name, entry.name, size_text(entry)),
          {.path = files.path}};
}

}  // namespace

const CatalogueEntry& catalogue_entry(std::string_view name) {
  std::vector<std::string_view> names;
  for (const CatalogueEntry& entry : catalogue()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw Error(Code::invalid_argument, unknown_name("data set", name, names));
}

fs::path datasets_directory() {
  if (const std::string folder = environment("SKERRY_DATASETS"); !folder.empty()) return folder;
  if (const std::string data = environment("XDG_DATA_HOME"); !data.empty()) {
    return fs::path(data) / "skerry" / "datasets";
  }
  if (const std::string home = environment("HOME"); !home.empty()) {
    return fs::path(home) / ".local" / "share" / "skerry" / "datasets";
  }
  throw Error(Code::invalid_argument,
              "none of SKERRY_DATASETS, XDG_DATA_HOME and HOME says where data sets are kept");
}

DatasetRequest catalogue_files(const CatalogueEntry& entry, const fs::path& directory) {
  DatasetRequest files;
  const auto extension = [](std::string_view format) { return "." + std::string(format); };
  if (entry.test.url.empty()) {
    files.path = (directory / (std::string(entry.name) + extension(entry.format))).string();
    if (entry.queries == 0) files.queries = "base(count=100)";
    return files;
  }
  const fs::path folder = directory / entry.name;
  files.path = (folder / ("base" + extension(entry.format))).string();
  files.queries = (folder / ("queries" + extension(entry.format))).string();
  if (!entry.truth.url.empty()) {
    files.neighbors = (folder / (entry.format == "fvecs" ? "truth.ivecs" : "truth.ibin")).string();
  }
  return files;
}

bool is_present(const DatasetRequest& files) {
  const auto exists = [](const std::string& path) {
    std::error_code unreadable;
    return path.empty() || path.starts_with("base(") || fs::exists(path, unreadable);
  };
  return exists(files.path) && exists(files.queries) && exists(files.neighbors);
}

DatasetRequest resolve_name(const DatasetRequest& request) {
  if (request.name.empty()) return request;
  const CatalogueEntry& entry = catalogue_entry(request.name);
  std::vector<fs::path> directories{datasets_directory()};
  if (entry.shipped) {
    for (fs::path& shipped : shipped_directories()) directories.push_back(std::move(shipped));
  }
  for (const fs::path& directory : directories) {
    DatasetRequest files = catalogue_files(entry, directory);
    if (!is_present(files)) continue;
    files.limit = request.limit;
    if (!request.queries.empty()) {
      files.queries = request.queries;
      files.neighbors.clear();  // those of other queries
    }
    return files;
  }
  throw missing(entry, catalogue_files(entry, directories.front()));
}

std::string size_text(const CatalogueEntry& entry) {
  if (entry.about_megabytes == 0) return "size unknown";
  if (entry.about_megabytes < 1000) return fmt::format("{:.3g} MB", entry.about_megabytes);
  return fmt::format("{:.1f} GB", entry.about_megabytes / 1000);
}

}  // namespace skerry::experiments
