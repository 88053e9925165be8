#pragma once
// Runs the program `skerry` as a user does.

#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace skerry::experiments {

struct ProgramRun {
  int exit_code = -1;  ///< 128 + signal for one that a signal ended
  std::string out;
  std::string error;
};

/// Runs `before`; skerry `arguments` in a shell. `before` may set limits or the folder.
inline ProgramRun skerry(const std::string& arguments, const std::string& before = ":") {
  const support::TempDir folder;
  const std::string out = (folder.path() / "out").string();
  const std::string error = (folder.path() / "error").string();
  const std::string command = "{ " + before + "; XDG_CACHE_HOME=${SKERRY_TEST_CACHE:-" +
                              folder.path().string() + "}" + " exec " SKERRY_PROGRAM " " +
                              arguments + "; } >" + out + " 2>" + error + " </dev/null";
  const int status = std::system(command.c_str());
  const auto read = [](const std::string& path) {
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  ProgramRun run;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.out = read(out);
  run.error = read(error);
  return run;
}

/// One line that begins as errors do.
inline bool is_one_error(const std::string& text) {
  return text.rfind("skerry: error: ", 0) == 0 && text.find('\n') == text.size() - 1;
}

}  // namespace skerry::experiments
