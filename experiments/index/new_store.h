#pragma once
// Where a new store may be made, and what is left when it is not finished: nothing.

#include <filesystem>
#include <string>
#include <utility>

#include "experiments/command_line.h"

namespace skerry::experiments {

/// The kind that --store names. Throws Error{invalid_argument} when it is missing, unknown, has
/// parameters, or keeps nothing.
std::string new_store_kind(const Parsed& parsed);

enum class Place { absent, empty, folder, store };

/// What is at `path`. Throws Error{invalid_argument} for a file.
Place look_at(const std::filesystem::path& path);

/// Takes a store away again that was made where there was none, unless it is to be kept.
class NewStore {
 public:
  NewStore(std::filesystem::path path, Place before) : path_(std::move(path)), before_(before) {}

  ~NewStore() {
    std::error_code ignored;
    if (before_ == Place::absent) std::filesystem::remove_all(path_, ignored);
    if (before_ != Place::empty) return;
    for (const auto& entry : std::filesystem::directory_iterator(path_, ignored)) {
      std::filesystem::remove_all(entry.path(), ignored);
    }
  }

  NewStore(const NewStore&) = delete;
  NewStore& operator=(const NewStore&) = delete;

  void keep() noexcept { before_ = Place::store; }

 private:
  std::filesystem::path path_;
  Place before_;
};

}  // namespace skerry::experiments
