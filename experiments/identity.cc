#include "experiments/identity.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "experiments/graphs/import.h"
#include "experiments/version.h"

namespace skerry::experiments {

namespace {

std::string hex_hash(std::string_view text) {
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

std::string file_hash(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    throw Error(reason == ENOENT ? Code::not_found : Code::io,
                "cannot read the file: " + std::generic_category().message(reason), {.path = path});
  }
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  std::array<char, 1 << 16> buffer;
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0) {
    XXH3_64bits_update(&state, buffer.data(), static_cast<std::size_t>(file.gcount()));
  }
  return fmt::format("{:016x}", XXH3_64bits_digest(&state));
}

std::string id_of(const Settings& settings, std::string_view dataset_hash, Stage stage) {
  std::string text = settings.text(stage);
  text += dataset_hash;
  text += ' ' + code_version();
  if (const std::string& graph = settings.word("graph"); graph != "build") {
    text += ' ' + file_hash(graph_data_file(graph).string());
  }
  return hex_hash(text);
}

}  // namespace

const std::string& code_version() {
  static const std::string version = [] {
    const std::string commit = build_info().commit;
    if (commit != "unknown" && !commit.ends_with("-dirty")) return commit;
    return commit + "+" + file_hash("/proc/self/exe");
  }();
  return version;
}

std::string graph_id(const Settings& settings, std::string_view dataset_hash) {
  return id_of(settings, dataset_hash, Stage::graph);
}

std::string layout_id(const Settings& settings, std::string_view dataset_hash) {
  return id_of(settings, dataset_hash, Stage::layout);
}

std::string point_id(const Settings& settings, std::string_view dataset_hash) {
  return id_of(settings, dataset_hash, Stage::search);
}

}  // namespace skerry::experiments
