#pragma once
// The store of one layout while its points are measured: written, checked, closed and opened again.

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/keys.h"
#include "kv/store.h"

namespace skerry::experiments {

class OpenLayout {
 public:
  static constexpr std::string_view index_name = "main";

  /// Has `fill` make the index in a new store at `path` (unused by a store in memory) and opens it
  /// as a reader would find it.
  OpenLayout(const Settings& settings, const std::filesystem::path& path,
             const std::function<void(kv::Store&)>& fill);

  kv::Store& store() noexcept { return *store_; }

  bool persistent() const noexcept { return persistent_; }

  /// The "layout" message of layout_stage(). Throws Error{corrupt} unless the store gives back the
  /// graph with this digest; without one, that of the index's own record.
  nlohmann::ordered_json describe(const std::string& digest = {});

  /// Compacts a copy of the store beside it, describes the copy (describe_layout.h) and removes it.
  /// Just {"skipped": why} for a store in memory and where the disk has no room for a copy.
  /// Nothing of the store may be in use.
  nlohmann::ordered_json compacted();

  /// Closes the store and has its files dropped from memory. Returns the share of their pages that
  /// stayed (cost/file_cache.h). Nothing of the store may be in use; open() must follow. A store in
  /// memory stays as it is: 1.
  double close_cold();

  /// Opens it where it is closed. `counters`: with its engine's counters, which cost time.
  void open(bool counters = false);

  /// Closes and opens it, so that the engine's own cache begins empty; the system's stays. Nothing
  /// of the store may be in use. A store in memory stays as it is.
  void reopen(bool counters);

 private:
  std::string kind_;
  std::filesystem::path path_;
  bool persistent_ = false;
  bool read_only_ = false;
  std::unique_ptr<kv::Store> store_;
  double seconds_ = 0;
  std::uint64_t logical_bytes_ = 0;  ///< keys and values that were put
  std::uint64_t written_bytes_ = 0;  ///< to storage while they were
  bool io_counted_ = false;
  std::vector<kv::EngineCounter> engine_;  ///< of the store that was written, up to its closing
};

}  // namespace skerry::experiments
