#include "experiments/cost/engine_sums.h"

#include <nlohmann/json.hpp>
#include <string>

namespace skerry::experiments {

using nlohmann::ordered_json;

std::vector<kv::EngineCounter> sums_since(const std::vector<kv::EngineCounter>& before,
                                          const std::vector<kv::EngineCounter>& after) {
  std::vector<kv::EngineCounter> sums;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i].kind == kv::CounterKind::level) continue;
    sums.push_back({after[i].name, after[i].value - before.at(i).value, after[i].kind});
  }
  return sums;
}

std::optional<std::uint64_t> total(const std::vector<kv::EngineCounter>& counters,
                                   kv::CounterKind kind) {
  std::optional<std::uint64_t> sum;
  for (const kv::EngineCounter& counter : counters) {
    if (counter.kind == kind) sum = sum.value_or(0) + counter.value;
  }
  return sum;
}

ordered_json engine_json(const std::vector<kv::EngineCounter>& counters, std::uint64_t parts) {
  ordered_json engine = ordered_json::object();
  for (const kv::EngineCounter& counter : counters) {
    const std::string name(counter.name);
    if (parts == 1) {
      engine[name] = counter.value;
    } else {
      engine[name] = static_cast<double>(counter.value) / static_cast<double>(parts);
    }
  }
  return engine;
}

ordered_json amplification(const std::vector<kv::EngineCounter>& counters, kv::CounterKind kind,
                           std::uint64_t asked) {
  const std::optional<std::uint64_t> bytes = total(counters, kind);
  if (!bytes || asked == 0) return nullptr;
  return static_cast<double>(*bytes) / static_cast<double>(asked);
}

}  // namespace skerry::experiments
