#include "experiments/graph_cache.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "experiments/formats/output_file.h"
#include "experiments/ground_truth.h"

namespace skerry::experiments {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

GraphCache::GraphCache(std::uint64_t most_bytes)
    : folder_(cache_directory() / "graphs"), most_bytes_(most_bytes) {
  std::error_code failure;
  fs::create_directories(folder_, failure);
  if (failure) throw Error(Code::io, failure.message(), {.path = folder_.string()});
}

fs::path GraphCache::graph(const std::string& id) const { return folder_ / (id + ".graph"); }

fs::path GraphCache::unfinished(const std::string& id) const {
  return folder_ / (id + "." + std::to_string(::getpid()) + ".tmp");
}

std::optional<ordered_json> GraphCache::find(const std::string& id) const {
  std::ifstream file(folder_ / (id + ".json"), std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  ordered_json built = ordered_json::parse(text, nullptr, false);
  if (!built.is_object() || !built.contains("digest") || !fs::exists(graph(id))) return {};
  std::error_code ignored;
  fs::last_write_time(graph(id), fs::file_time_type::clock::now(), ignored);
  return built;
}

void GraphCache::keep(const std::string& id, const ordered_json& built) const {
  std::error_code failure;
  fs::rename(unfinished(id), graph(id), failure);
  if (failure) throw Error(Code::io, failure.message(), {.path = graph(id).string()});
  // Last: a graph counts when this is there.
  OutputFile file(folder_ / (id + ".json"));
  file.write(as_bytes(built.dump()));
  file.commit();
  make_room(id);
}

void GraphCache::remove(const std::string& id) const noexcept {
  std::error_code ignored;
  fs::remove(folder_ / (id + ".json"), ignored);
  fs::remove(graph(id), ignored);
  fs::remove(unfinished(id), ignored);
}

void GraphCache::make_room(const std::string& but) const {
  struct Kept {
    fs::file_time_type used;
    std::string id;
    std::uint64_t bytes;
  };

  std::vector<Kept> all;
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
    if (entry.path().extension() != ".graph") continue;
    all.push_back(
        {entry.last_write_time(ignored), entry.path().stem().string(), entry.file_size(ignored)});
    bytes += all.back().bytes;
  }
  std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
  for (const Kept& oldest : all) {
    if (bytes <= most_bytes_) break;
    if (oldest.id == but) continue;
    remove(oldest.id);
    bytes -= oldest.bytes;
  }
}

}  // namespace skerry::experiments
