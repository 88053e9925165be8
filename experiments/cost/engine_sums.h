#pragma once
// What a stretch of work added to the counters of an engine.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

#include "kv/store.h"

namespace skerry::experiments {

/// The sums of `after`, less those of `before`; levels are left out. Both come from one store.
std::vector<kv::EngineCounter> sums_since(const std::vector<kv::EngineCounter>& before,
                                          const std::vector<kv::EngineCounter>& after);

/// Of all counters of this kind; nothing where the engine has none.
std::optional<std::uint64_t> total(const std::vector<kv::EngineCounter>& counters,
                                   kv::CounterKind kind);

/// {name: value / parts}; {} where there are none. With one part, values stay whole numbers.
nlohmann::ordered_json engine_json(const std::vector<kv::EngineCounter>& counters,
                                   std::uint64_t parts);

/// Bytes of this kind by `asked` bytes; null where the engine does not count them and where
/// nothing was asked.
nlohmann::ordered_json amplification(const std::vector<kv::EngineCounter>& counters,
                                     kv::CounterKind kind, std::uint64_t asked);

}  // namespace skerry::experiments
