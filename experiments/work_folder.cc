#include "experiments/work_folder.h"

#include "base/error.h"

namespace skerry::experiments {

namespace fs = std::filesystem;

WorkFolder::WorkFolder(const fs::path& directory) : path_(directory / "work") {
  std::error_code failure;
  fs::remove_all(path_, failure);
  if (!failure) fs::create_directories(path_ / "stores", failure);
  if (failure) {
    throw Error(Code::io, "cannot make the folder for intermediate files: " + failure.message(),
                {.path = path_.string()});
  }
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void WorkFolder::remove_graph() const noexcept {
  std::error_code ignored;
  fs::remove(graph(), ignored);
}

void WorkFolder::place_graph(const fs::path& file) const {
  std::error_code failure;
  fs::remove(graph(), failure);
  fs::create_hard_link(file, graph(), failure);
  if (!failure) return;
  failure.clear();
  fs::copy_file(file, graph(), failure);
  if (failure) {
    throw Error(failure == std::errc::no_space_on_device ? Code::no_space : Code::io,
                "cannot copy a graph: " + failure.message(), {.path = graph().string()});
  }
}

void WorkFolder::keep_store(const std::string& id, const fs::path& folder) const {
  if (!fs::exists(store(id))) return;
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::remove_all(folder / id, failure);
  if (!failure) fs::rename(store(id), folder / id, failure);
  if (failure) {
    throw Error(Code::io, "cannot move a store: " + failure.message(),
                {.path = (folder / id).string()});
  }
}

void WorkFolder::remove_store(const std::string& id) const noexcept {
  std::error_code ignored;
  fs::remove_all(store(id), ignored);
}

}  // namespace skerry::experiments
