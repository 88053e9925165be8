#pragma once
// The intermediate files of a run: the graph that layouts are made of, and the stores.

#include <filesystem>
#include <string>

namespace skerry::experiments {

/// The folder `work` in the results directory, gone when this is.
class WorkFolder {
 public:
  /// Removes what a killed run left. Throws Error{io}.
  explicit WorkFolder(const std::filesystem::path& directory);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  std::filesystem::path graph() const { return path_ / "graph"; }

  void remove_graph() const noexcept;

  /// What the child at work writes to standard error.
  std::filesystem::path log() const { return path_ / "log"; }

  /// Makes graph() the same as a file elsewhere, by a second name for it or by a copy. Throws
  /// Error{io, no_space}.
  void place_graph(const std::filesystem::path& file) const;

  std::filesystem::path store(const std::string& id) const { return path_ / "stores" / id; }

  /// Moves a store to `folder`, in the place of one with this id; a store that lives in memory has
  /// left nothing to move. Throws Error{io}.
  void keep_store(const std::string& id, const std::filesystem::path& folder) const;

  void remove_store(const std::string& id) const noexcept;

 private:
  std::filesystem::path path_;
};

}  // namespace skerry::experiments
