// The table `parents` and the root of walks on level 0: a part of graph/verifier.h.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "graph/layout.h"
#include "graph/lineage.h"
#include "graph/verifier.h"

namespace skerry::graph {

namespace {

/// Of a slot whose record is missing or damaged. No index gives so many ranks.
constexpr std::uint64_t unknown_rank = std::numeric_limits<std::uint64_t>::max();

}  // namespace

/// The root may be a tombstone: searches walk through those.
void Verifier::check_root() {
  const std::string& connectivity = meta_.build.connectivity;
  if (connectivity == "none") {
    if (meta_.root == no_slot) return;
    return damage_in_meta(fmt::format(
        "field `root` is {}, but with connectivity `none` there is no root", meta_.root));
  }
  if (meta_.root == no_slot) {
    if (meta_.nodes() == 0) return;
    damage_in_meta(fmt::format("field `root` is null; with connectivity `{}` walks start from it",
                               connectivity));
  } else if (vacant(meta_.root)) {
    damage_in_meta(fmt::format("field `root` is {}, a slot without an item", meta_.root));
  }
}

void Verifier::check_parents() {
  if (meta_.build.connectivity == "parent") {
    if (!table("parents")) {
      // The first writer makes it.
      if (meta_.nodes() > 0) damage("parents", {}, "the table is missing");
      return;
    }
    const std::vector<Lineage> lineages = read_lineages();
    check_ranks(lineages);
    for (std::size_t slot = 0; slot < lineages.size(); ++slot) {
      if (lineages[slot].rank != unknown_rank) check_parent(static_cast<Slot>(slot), lineages);
    }
    return;
  }
  if (meta_.ranks != 0) {
    damage_in_meta(fmt::format("field `ranks` is {}, but only connectivity `parent` gives ranks",
                               meta_.ranks));
  }
  std::uint64_t records = 0;
  each("parents", [&](kv::Key, Bytes) { ++records; });
  if (records == 0) return;
  find({Finding::Kind::note, table_name(name_, "parents"), "",
        fmt::format("{} records that the index has no use for", records)});
}

/// By slot; unknown_rank where there is none that can be used.
std::vector<Lineage> Verifier::read_lineages() {
  std::vector<Lineage> lineages(states_.size(), {unknown_rank, no_slot});
  std::size_t next = 0;
  const auto missing_before = [&](std::size_t slot) {
    for (; next < slot; ++next) {
      if (vacant(static_cast<Slot>(next))) continue;
      damage("parents", VectorKey(static_cast<Slot>(next)).bytes, "the record is missing");
    }
  };
  each("parents", [&](kv::Key key, Bytes value) {
    if (key.size() != sizeof(VectorKey::bytes) || load_be32(key.data()) >= states_.size()) {
      return damage("parents", key, "the key names no slot of the index");
    }
    const Slot slot = load_be32(key.data());
    missing_before(slot);
    next = slot + std::size_t{1};
    if (vacant(slot)) {
      return damage("parents", key, fmt::format("a parent of slot {}, which has no item", slot));
    }
    Lineage lineage;
    if (!lineage.decode(value)) {
      return damage("parents", key,
                    fmt::format("{} bytes where a rank and a parent have {}", value.size(),
                                lineage.encode().size()));
    }
    if (lineage.rank >= meta_.ranks) {
      return damage("parents", key,
                    fmt::format("slot {} has rank {}, but the meta record says that {} were given",
                                slot, lineage.rank, meta_.ranks));
    }
    lineages[slot] = lineage;
  });
  missing_before(states_.size());
  return lineages;
}

/// No rank is there twice, and the root's is the lowest.
void Verifier::check_ranks(const std::vector<Lineage>& lineages) {
  std::vector<std::pair<std::uint64_t, Slot>> ranks;
  for (std::size_t slot = 0; slot < lineages.size(); ++slot) {
    if (lineages[slot].rank == unknown_rank) continue;
    ranks.emplace_back(lineages[slot].rank, static_cast<Slot>(slot));
  }
  std::sort(ranks.begin(), ranks.end());
  for (std::size_t i = 1; i < ranks.size(); ++i) {
    if (ranks[i].first != ranks[i - 1].first) continue;
    damage("parents", VectorKey(ranks[i].second).bytes,
           fmt::format("slots {} and {} both have rank {}", ranks[i - 1].second, ranks[i].second,
                       ranks[i].first));
  }
  if (ranks.empty() || meta_.root == no_slot || lineages[meta_.root].rank == unknown_rank) return;
  const auto [lowest, slot] = ranks.front();
  if (lowest < lineages[meta_.root].rank) {
    damage_in_meta(fmt::format("field `root` is {}, of rank {}, but slot {} has rank {}",
                               meta_.root, lineages[meta_.root].rank, slot, lowest));
  }
}

void Verifier::check_parent(Slot slot, const std::vector<Lineage>& lineages) {
  const auto [rank, parent] = lineages[slot];
  const VectorKey key(slot);
  if (slot == meta_.root) {
    if (parent == no_slot) return;
    return damage("parents", key.bytes,
                  fmt::format("the root, {}, has the parent {}", slot, parent));
  }
  if (parent == no_slot) {
    return damage("parents", key.bytes,
                  fmt::format("slot {} has no parent and is not the root", slot));
  }
  if (parent >= lineages.size() || vacant(parent)) {
    return damage("parents", key.bytes,
                  fmt::format("the parent of slot {} is {}, a slot without an item", slot, parent));
  }
  const std::uint64_t above = lineages[parent].rank;
  if (above != unknown_rank && above >= rank) {
    damage("parents", key.bytes,
           fmt::format("the parent of slot {} is {}, whose rank, {}, is not below {}", slot, parent,
                       above, rank));
  }
  const std::span<const Slot> links =
      lists_.empty() ? std::span<const Slot>{} : lists_[0].list_of(parent);
  if (std::find(links.begin(), links.end(), slot) == links.end()) {
    damage("parents", key.bytes,
           fmt::format("the parent of slot {} is {}, which does not link to it on level 0", slot,
                       parent));
  }
}

}  // namespace skerry::graph
