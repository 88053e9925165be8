#pragma once
// Public data sets that skerry knows by name: where they are, what they hold, where they go.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "experiments/dataset.h"

namespace skerry::experiments {

struct CatalogueFile {
  std::string_view url;        ///< in an archive: the member's name
  std::uint64_t bytes = 0;     ///< exact length; 0: unknown, or in an archive
  std::size_t first_rows = 0;  ///< of a big-ann-benchmarks file that holds more; 0: all
};

struct CatalogueEntry {
  std::string_view name;
  std::string_view metric;
  std::size_t n = 0;  ///< 0: unknown
  std::size_t d = 0;
  std::size_t queries = 0;     ///< 0: it has none of its own
  std::string_view format;     ///< extension of the vectors' file as skerry reads it
  CatalogueFile train{};       ///< an empty url: shipped, or brought by hand as `note` says
  CatalogueFile test{};        ///< empty: in the same file, or none
  CatalogueFile truth{};       ///< likewise
  std::string_view archive{};  ///< url of the tar that holds the files
  double about_megabytes = 0;  ///< to fetch, rounded as the source states it; 0: unknown
  std::string_view source{};   ///< page that describes the set
  bool shipped = false;        ///< comes with skerry
  std::string_view note{};     ///< what people should know
};

/// In the order in which they are listed to people; names are unique.
std::span<const CatalogueEntry> catalogue();

/// Throws Error{invalid_argument} that names the nearest.
const CatalogueEntry& catalogue_entry(std::string_view name);

/// Where data sets are kept: $SKERRY_DATASETS, else $XDG_DATA_HOME/skerry/datasets, else
/// ~/.local/share/skerry/datasets. Throws Error{invalid_argument} when no variable says where.
std::filesystem::path datasets_directory();

/// The files of a set, kept in `directory`: NAME.EXT where one file has everything, else
/// NAME/base.EXT, NAME/queries.EXT and NAME/truth.EXT. A set without queries of its own gets
/// `queries` = base(count=100).
DatasetRequest catalogue_files(const CatalogueEntry& entry, const std::filesystem::path& directory);

/// Whether all of them are there.
bool is_present(const DatasetRequest& files);

/// Replaces `name` by the files it stands for; a request without one is returned as it is. The two
/// small sets that come with skerry are found beside the program, too. Throws Error:
/// invalid_argument for an unknown name; not_found, with the command that fetches it, when files
/// are missing.
DatasetRequest resolve_name(const DatasetRequest& request);

/// "501 MB", "3.6 GB", "size unknown".
std::string size_text(const CatalogueEntry& entry);

}  // namespace skerry::experiments
