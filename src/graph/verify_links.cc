// The tables `links` and `reverse`: a part of graph/verifier.h.

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/error.h"
#include "graph/layout.h"
#include "graph/verifier.h"
#include "graph/write_index.h"

namespace skerry::graph {

/// The table and key of a list.
std::pair<std::string_view, std::vector<std::byte>> Verifier::place_of(unsigned level,
                                                                       Slot slot) const {
  if (level == 0 && packing_.together()) {
    const VectorKey key(packing_.list_block(slot));
    return {"vectors", {key.bytes.begin(), key.bytes.end()}};
  }
  const LinkKey key(level, level == 0 ? packing_.list_block(slot) : slot);
  return {"links", {key.bytes.begin(), key.bytes.end()}};
}

/// False when it cannot be decoded. Leaves it in `decoded_`.
bool Verifier::take_list(unsigned level, Slot slot, std::string_view part, Bytes key, Bytes list) {
  const auto slots = static_cast<Slot>(meta_.slots);
  const std::size_t most = meta_.bounds.at(level);
  if (codec_->decode(list, {slot, slots, most}, decoded_) != Code::ok) {
    const bool longer = codec_->decode(list, {slot, slots, slots}, decoded_) == Code::ok;
    damage(part, key,
           longer ? fmt::format("slot {} has {} links on level {}; at most {} may be", slot,
                                decoded_.size(), level, most)
                  : fmt::format("the list of slot {} on level {} is none of codec `{}`", slot,
                                level, codec_->name()));
    return false;
  }
  if (std::adjacent_find(decoded_.begin(), decoded_.end(), std::greater_equal<>()) !=
      decoded_.end()) {
    damage(part, key, fmt::format("the list of slot {} on level {} does not ascend", slot, level));
  }
  if (std::find(decoded_.begin(), decoded_.end(), slot) != decoded_.end()) {
    damage(part, key, fmt::format("slot {} links to itself on level {}", slot, level));
  }
  if (level >= lists_.size()) lists_.resize(level + 1U);
  Level& lists = lists_[level];
  lists.slots.push_back(slot);
  lists.targets.insert(lists.targets.end(), decoded_.begin(), decoded_.end());
  lists.starts.push_back(lists.targets.size());
  return true;
}

/// Of the list that take_list() left: they are those of the table.
void Verifier::check_inline_codes(Slot slot, Bytes key, Bytes codes) {
  const std::size_t bytes = codes_.row_bytes();
  if (bytes == 0) return;  // without a mean, which was told of
  if (codes.size() != decoded_.size() * bytes) {
    return damage("links", key,
                  fmt::format("{} bytes where the codes of {} links have {}", codes.size(),
                              decoded_.size(), decoded_.size() * bytes));
  }
  for (std::size_t i = 0; i < decoded_.size(); ++i) {
    const Slot target = decoded_[i];
    if (!coded_[target]) continue;  // told of as a missing code
    if (std::memcmp(codes.data() + i * bytes, codes_[target], bytes) == 0) continue;
    return damage("links", key,
                  fmt::format("beside the list of slot {} stands another code of slot {} than in "
                              "the table `codes`",
                              slot, target));
  }
}

void Verifier::take_base_block(std::string_view part, Bytes key, Slot block, Bytes value) {
  const Packing::Range range = packing_.lists_in(block);
  for (Slot slot = range.first; slot < range.last; ++slot) {
    Bytes list;
    const Code code = packing_.list(value, slot, list);
    if (code == Code::corrupt) return damage(part, key, "the value is not a sequence of lists");
    if (code == Code::not_found && vacant(slot)) continue;
    if (code == Code::not_found) {
      damage(part, key, fmt::format("the list of slot {} on level 0 is missing", slot));
    } else if (vacant(slot)) {
      damage(part, key, fmt::format("a list of slot {}, which has no item", slot));
    } else {
      const bool decoded = take_list(0, slot, part, key, list);
      if (decoded && packing_.codes_inline()) {
        check_inline_codes(slot, key, Packing::behind(value, list));
      }
    }
  }
}

void Verifier::check_base_lists() {
  const std::string_view part = packing_.together() ? "vectors" : "links";
  const std::size_t key_size =
      packing_.together() ? sizeof(VectorKey::bytes) : sizeof(LinkKey::bytes);
  const std::byte base{0};
  const Bytes prefix = packing_.together() ? Bytes{} : Bytes{&base, 1};
  Slot next = 0;
  const auto missing_before = [&](std::size_t block) {
    for (; next < block; ++next) {
      if (packing_.together()) continue;  // told of as a missing row
      if (packing_.lists_per_value() == 1 && vacant(next)) continue;
      damage(part, LinkKey(0, next).bytes, "the record is missing");
    }
  };
  each(
      part,
      [&](kv::Key key, Bytes value) {
        const std::uint64_t block = key.size() == key_size
                                        ? load_be32(key.data() + key_size - sizeof(Slot))
                                        : packing_.list_blocks();
        if (block >= packing_.list_blocks()) {
          if (packing_.together()) return;  // told of as a superfluous row
          return damage(part, key, "the key names no list of the index");
        }
        missing_before(block);
        next = static_cast<Slot>(block + 1);
        take_base_block(part, key, static_cast<Slot>(block), value);
      },
      prefix);
  if (table(part)) missing_before(packing_.list_blocks());
}

void Verifier::check_upper_lists() {
  each("links", [&](kv::Key key, Bytes value) {
    const auto level = std::to_integer<unsigned>(key[0]);
    if (level == 0) {
      if (packing_.together()) damage("links", key, "level 0 lies in the table `vectors`");
      return;
    }
    if (key.size() != sizeof(LinkKey::bytes)) {
      return damage("links", key, "the key is not a level and a slot");
    }
    const Slot slot = load_be32(key.data() + 1);
    if (slot >= meta_.slots || level > meta_.top_level) {
      return damage("links", key, "the key names a level or slot that the index does not have");
    }
    if (vacant(slot)) {
      return damage("links", key, fmt::format("a list of slot {}, which has no item", slot));
    }
    if (levels_[slot] != level) {
      damage(
          "links", key,
          fmt::format("slot {} has a list on level {} and none on the level below", slot, level));
    }
    levels_[slot] = static_cast<std::uint8_t>(level + 1);
    take_list(level, slot, "links", key, value);
  });
}

void Verifier::check_targets() {
  for (std::size_t at = 0; at < lists_.size(); ++at) {
    const auto level = static_cast<unsigned>(at);
    for (std::size_t i = 0; i < lists_[level].slots.size(); ++i) {
      for (const Slot target : lists_[level].list(i)) {
        if (levels_[target] > level) continue;
        if (states_[target] == SlotState::gone) {
          ++check_.dangling;
          continue;
        }
        const Slot source = lists_[level].slots[i];
        const auto [part, key] = place_of(level, source);
        damage(part, key,
               fmt::format("slot {} links on level {} to slot {}, which {}", source, level, target,
                           vacant(target) ? "is free" : "is not on this level"));
      }
    }
  }
  if (check_.dangling == 0) return;
  find({Finding::Kind::note, table_name(name_, "links"), "",
        fmt::format("{} links lead to items that are gone; `consolidate` takes them out",
                    check_.dangling)});
}

void Verifier::check_reverse() {
  const bool kept = meta_.build.in_links == "reverse";
  if (!kept) {
    std::uint64_t records = 0;
    each("reverse", [&](kv::Key, Bytes) { ++records; });
    if (records == 0) return;
    find({Finding::Kind::note, table_name(name_, "reverse"), "",
          fmt::format("{} records that the index has no use for", records)});
    return;
  }
  if (!table("reverse")) {
    // The first writer makes it.
    if (meta_.nodes() > 0) damage("reverse", {}, "the table is missing");
    return;
  }
  for (std::size_t level = 0; level < lists_.size(); ++level) {
    check_reverse_level(static_cast<unsigned>(level));
  }
  each("reverse", [&](kv::Key key, Bytes) {
    if (key.size() != sizeof(LinkKey::bytes) ||
        std::to_integer<std::size_t>(key[0]) >= lists_.size()) {
      damage("reverse", key, "the key names no list of the index");
    }
  });
}

/// Turns the links of one level round and compares.
void Verifier::check_reverse_level(unsigned level) {
  const Level& lists = lists_[level];
  std::vector<std::uint64_t> starts(meta_.slots + 1, 0);
  for (const Slot target : lists.targets) ++starts[target + 1];
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<Slot> sources(lists.targets.size());
  std::vector<std::uint64_t> ends(starts.begin(), starts.end() - 1);
  for (std::size_t i = 0; i < lists.slots.size(); ++i) {
    for (const Slot target : lists.list(i)) sources[ends[target]++] = lists.slots[i];
  }
  std::size_t next = 0;
  const auto missing_before = [&](std::size_t slot) {
    for (; next < slot; ++next) {
      if (starts[next] == starts[next + 1]) continue;
      damage("reverse", LinkKey(level, static_cast<Slot>(next)).bytes, "the record is missing");
    }
  };
  const auto prefix = static_cast<std::byte>(level);
  const auto slots = static_cast<Slot>(meta_.slots);
  each("reverse",
       [&](kv::Key key, Bytes value) {
         if (key.size() != sizeof(LinkKey::bytes)) return;  // told of by check_reverse()
         const Slot slot = load_be32(key.data() + 1);
         if (slot >= slots) return damage("reverse", key, "the index has no such slot");
         missing_before(slot);
         next = slot + std::size_t{1};
         if (reverse_codec().decode(value, {slot, slots, slots}, decoded_) != Code::ok) {
           return damage("reverse", key, "the value is not a list of slots");
         }
         const auto first = sources.begin() + static_cast<std::ptrdiff_t>(starts[slot]);
         const auto last = sources.begin() + static_cast<std::ptrdiff_t>(starts[slot + 1]);
         if (!std::equal(first, last, decoded_.begin(), decoded_.end())) {
           damage("reverse", key,
                  fmt::format("slot {} has {} in-links on level {} and {} are recorded, or others",
                              slot, last - first, level, decoded_.size()));
         }
       },
       {&prefix, 1});
  missing_before(meta_.slots);
}

}  // namespace skerry::graph
