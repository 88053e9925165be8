#include "graph/digest.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::graph {

namespace {

unsigned __int128 hash(const std::byte* record, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(record, size);
  return (static_cast<unsigned __int128>(hash.high64) << 64) | hash.low64;
}

}  // namespace

Digest::Digest(std::string_view hex) {
  std::array<std::uint64_t, 2> halves{};
  for (std::size_t half = 0; half < 2; ++half) {
    const std::string_view digits = hex.substr(std::min(hex.size(), half * 16), 16);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), halves[half], 16);
    if (error != std::errc() || digits.size() != 16 || end != digits.data() + 16) {
      throw Error(Code::corrupt, "the digest is not 32 hexadecimal digits",
                  {.found = std::string(hex)});
    }
  }
  sum_ = (Sum{halves[0]} << 64) | halves[1];
}

Digest::Sum Digest::link(unsigned level, ItemId source, ItemId target) {
  std::array<std::byte, 17> record{};
  record[0] = static_cast<std::byte>(level);
  store(record.data() + 1, source);
  store(record.data() + 9, target);
  return hash(record.data(), record.size());
}

Digest::Sum Digest::item(ItemId id, unsigned top) {
  std::array<std::byte, 10> record{};
  record[0] = std::byte{0xFE};
  store(record.data() + 1, id);
  record[9] = static_cast<std::byte>(top);
  return hash(record.data(), record.size());
}

Digest::Sum Digest::entry_point(ItemId id) {
  std::array<std::byte, 9> record{};
  record[0] = std::byte{0xFF};
  store(record.data() + 1, id);
  return hash(record.data(), record.size());
}

std::string Digest::hex() const {
  return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(sum_ >> 64),
                     static_cast<std::uint64_t>(sum_));
}

std::string graph_digest(const Graph& graph, std::span<const ItemId> ids) {
  const auto id = [&](Slot slot) { return ids.empty() ? ItemId{slot} : ids[slot]; };
  Digest digest;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (graph.levels_of(slot) == 0) continue;
    for (unsigned level = 0; level < graph.levels_of(slot); ++level) {
      for (const Slot target : graph.links(level, slot)) {
        digest.add_link(level, id(slot), id(target));
      }
    }
    digest.add_item(id(slot), graph.top_of(slot));
  }
  for (const Slot slot : graph.entry_points()) digest.add_entry_point(id(slot));
  return digest.hex();
}

}  // namespace skerry::graph
