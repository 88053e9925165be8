#include "graph/digest.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cstdint>

#include "base/bytes.h"

namespace skerry::graph {

namespace {

using Sum = unsigned __int128;

Sum hash(const std::byte* record, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(record, size);
  return (Sum{hash.high64} << 64) | hash.low64;
}

}  // namespace

std::string graph_digest(const Graph& graph, std::span<const ItemId> ids) {
  const auto id = [&](Slot slot) { return ids.empty() ? ItemId{slot} : ids[slot]; };
  Sum sum = 0;
  std::array<std::byte, 17> record{};
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    const unsigned levels = graph.levels_of(slot);
    if (levels == 0) continue;
    store(record.data() + 1, id(slot));
    for (unsigned level = 0; level < levels; ++level) {
      record[0] = static_cast<std::byte>(level);
      for (const Slot target : graph.links(level, slot)) {
        store(record.data() + 9, id(target));
        sum += hash(record.data(), 17);
      }
    }
    record[0] = std::byte{0xFE};
    record[9] = static_cast<std::byte>(levels - 1);
    sum += hash(record.data(), 10);
  }
  for (const Slot slot : graph.entry_points()) {
    record[0] = std::byte{0xFF};
    store(record.data() + 1, id(slot));
    sum += hash(record.data(), 9);
  }
  return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(sum >> 64),
                     static_cast<std::uint64_t>(sum));
}

}  // namespace skerry::graph
