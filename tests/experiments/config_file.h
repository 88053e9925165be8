#pragma once
// A config file that lives as long as the object.

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace skerry::experiments {

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) : path_(folder_.path() / "config.toml") {
    std::ofstream(path_) << text;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  support::TempDir folder_;
  std::filesystem::path path_;
};

}  // namespace skerry::experiments
