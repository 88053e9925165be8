#include "graph/verify_index.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/digest.h"
#include "graph/stored_index.h"
#include "graph/update.h"
#include "graph/verifier.h"

namespace skerry::graph {

Verifier::Verifier(kv::Store& store, std::string_view name) : name_(name) {
  const std::vector<std::string> indexes = list_indexes(store);
  if (std::find(indexes.begin(), indexes.end(), name_) == indexes.end()) {
    throw Error(Code::not_found,
                fmt::format("the store has no index `{}`; it has: {}", name_,
                            indexes.empty() ? std::string("none")
                                            : fmt::format("{}", fmt::join(indexes, ", "))));
  }
  const std::string prefix = table_name(name_, "");
  for (const std::string& table : store.tables()) {
    if (table.starts_with(prefix)) tables_[table.substr(prefix.size())] = store.table(table);
  }
  snapshot_ = store.snapshot();
}

IndexCheck Verifier::run() {
  if (!read_meta() || !room_for_slots()) return std::move(check_);
  for (const std::string_view part : {"vectors", "links"}) {
    if (!table(part)) damage(part, {}, "the table is missing");
  }
  check_dead();
  check_ids();
  check_vectors();
  check_codes();
  check_base_lists();
  check_upper_lists();
  check_targets();
  check_reverse();
  check_root();
  check_parents();
  check_staged();
  check_totals();
  check_entry_points();
  check_digest();
  check_reachable();
  return std::move(check_);
}

/// False when nothing else can be told without it.
bool Verifier::read_meta() {
  bool found = false;
  bool good = false;
  each("meta", [&](kv::Key key, Bytes value) {
    if (as_text(key) != "meta")
      return damage("meta", key, "a record that the format does not know");
    found = true;
    try {
      meta_ = Meta::decode(value, table_name(name_, "meta"));
      metric_ = &distance::metric(meta_.metric);
      codec_ = &link_codec(meta_.codec);
      good = true;
      (void)UpdateParameters::of(meta_, 1);
    } catch (const Error& error) {
      damage_in_meta(error.what());
    }
  });
  if (!found) damage_in_meta("the meta record is missing: the index was never finished");
  if (!good) return false;
  try {
    encoding_ = stored_encoding(meta_, *metric_, name_);
  } catch (const Error& error) {
    damage_in_meta(error.what());
  }
  packing_ = Packing(meta_.layout, meta_.slots, metric_->row_bytes(meta_.dimension));
  row_.resize(metric_->row_bytes(meta_.dimension));
  check_.items = meta_.items;
  return true;
}

/// A damaged number of slots must not take all memory.
bool Verifier::room_for_slots() {
  std::uint64_t blocks = 0;
  const std::byte base{0};
  if (packing_.together()) {
    each("vectors", [&](kv::Key, Bytes) { ++blocks; });
  } else {
    each("links", [&](kv::Key, Bytes) { ++blocks; }, {&base, 1});
  }
  std::uint64_t dead = 0;
  each("dead", [&](kv::Key, Bytes) { ++dead; });
  const std::uint64_t most = blocks * packing_.lists_per_value() + dead;
  constexpr std::uint64_t slack = 1 << 16;
  if (meta_.slots <= 4 * most + slack) {
    states_.assign(meta_.slots, SlotState::live);
    return true;
  }
  damage_in_meta(fmt::format(
      "it counts {} slots, and there are records of {} at most; nothing else was checked",
      meta_.slots, most));
  return false;
}

void Verifier::check_totals() {
  const auto compare = [&](std::string_view field, std::uint64_t said, std::uint64_t found) {
    if (said == found) return;
    damage_in_meta(fmt::format("field `{}` is {}, but there are {}", field, said, found));
  };
  const auto in = [&](SlotState state) {
    return static_cast<std::uint64_t>(std::count(states_.begin(), states_.end(), state));
  };
  compare("items", meta_.items, in(SlotState::live));
  compare("tombstones", meta_.tombstones, in(SlotState::tombstone));
  compare("gone", meta_.gone, in(SlotState::gone));
  compare("free", meta_.free, in(SlotState::free));
  std::uint64_t links = 0;
  for (const Level& level : lists_) links += level.targets.size();
  compare("links", meta_.links, links);
  std::vector<std::uint64_t> per_level;
  for (const std::uint8_t levels : levels_) {
    if (levels > per_level.size()) per_level.resize(levels, 0);
    for (unsigned level = 0; level < levels; ++level) ++per_level[level];
  }
  if (per_level != meta_.items_per_level) {
    damage_in_meta(fmt::format("field `items_per_level` is [{}], but there are [{}]",
                               fmt::join(meta_.items_per_level, ", "), fmt::join(per_level, ", ")));
  }
}

void Verifier::check_entry_points() {
  std::vector<Slot> entries = meta_.entry_points;
  std::sort(entries.begin(), entries.end());
  if (std::adjacent_find(entries.begin(), entries.end()) != entries.end()) {
    damage_in_meta("an entry point is named twice");
  }
  for (const Slot entry : entries) {
    if (vacant(entry)) {
      damage_in_meta(fmt::format("entry point {} is a slot without an item", entry));
    } else if (levels_[entry] != meta_.top_level + 1) {
      damage_in_meta(
          fmt::format("entry point {} is not on the top level, {}", entry, meta_.top_level));
    }
  }
}

void Verifier::check_digest() {
  Digest digest;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    if (levels_[slot] > 0) digest.add_item(id_of(slot), levels_[slot] - 1U);
  }
  for (std::size_t level = 0; level < lists_.size(); ++level) {
    for (std::size_t i = 0; i < lists_[level].slots.size(); ++i) {
      for (const Slot target : lists_[level].list(i)) {
        digest.add_link(static_cast<unsigned>(level), id_of(lists_[level].slots[i]), id_of(target));
      }
    }
  }
  for (const Slot entry : meta_.entry_points) digest.add_entry_point(id_of(entry));
  if (digest.hex() != meta_.digest) {
    damage_in_meta(
        fmt::format("field `digest` is {}, but the graph's is {}", meta_.digest, digest.hex()));
  }
}

void Verifier::check_reachable() {
  std::vector<bool> met(states_.size(), false);
  std::vector<Slot> front;
  const auto meet = [&](Slot slot) {
    if (met[slot] || vacant(slot)) return;
    met[slot] = true;
    front.push_back(slot);
  };
  for (const Slot entry : meta_.entry_points) meet(entry);
  if (meta_.root < meta_.slots) meet(meta_.root);
  while (!front.empty()) {
    const Slot slot = front.back();
    front.pop_back();
    for (const Level& level : lists_) {
      for (const Slot target : level.list_of(slot)) meet(target);
    }
  }
  constexpr std::size_t most_shown = 10;
  std::vector<ItemId> shown;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i] != SlotState::live || met[i]) continue;
    if (++check_.unreachable <= most_shown) shown.push_back(id_of(static_cast<Slot>(i)));
  }
  if (check_.unreachable == 0) return;
  find({Finding::Kind::unreachable, table_name(name_, "links"), "",
        fmt::format("{} of {} items cannot be reached from the entry points; ids: {}{}",
                    check_.unreachable, meta_.items, fmt::join(shown, ", "),
                    check_.unreachable > most_shown ? ", .." : "")});
}

std::span<const Slot> Verifier::Level::list_of(Slot slot) const {
  const auto found = std::lower_bound(slots.begin(), slots.end(), slot);
  if (found == slots.end() || *found != slot) return {};
  return list(static_cast<std::size_t>(found - slots.begin()));
}

void Verifier::each(std::string_view part, const Visit& visit, Bytes prefix) {
  const std::optional<kv::TableId> id = table(part);
  if (!id) return;
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(*id);
  Code code = prefix.empty() ? cursor->seek({}) : cursor->seek_prefix(prefix);
  for (; code == Code::ok; code = cursor->next()) {
    visit(cursor->key(), cursor->value().bytes());
  }
  if (code != Code::not_found) {
    damage(part, {}, fmt::format("the table cannot be read to its end: {}", skerry::name(code)));
  }
}

void Verifier::damage(std::string_view part, Bytes key, std::string what) {
  find({Finding::Kind::damage, table_name(name_, part), to_hex(key), std::move(what)});
}

void Verifier::damage_in_meta(std::string what) {
  find({Finding::Kind::damage, table_name(name_, "meta"), "meta", std::move(what)});
}

void Verifier::find(Finding finding) {
  if (finding.kind == Finding::Kind::damage) {
    ++check_.damages;
    if (++found_in_[finding.table] > most_findings) return;
  }
  check_.findings.push_back(std::move(finding));
}

std::optional<kv::TableId> Verifier::table(std::string_view part) const {
  const auto found = tables_.find(part);
  return found == tables_.end() ? std::nullopt : std::optional(found->second);
}

IndexCheck verify_index(kv::Store& store, std::string_view name) {
  return Verifier(store, name).run();
}

}  // namespace skerry::graph
