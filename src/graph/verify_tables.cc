// The tables `dead`, `ids`, `vectors`, `codes` and `staged`: a part of graph/verifier.h.

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <optional>

#include "base/error.h"
#include "graph/codes.h"
#include "graph/ids.h"
#include "graph/layout.h"
#include "graph/verifier.h"

namespace skerry::graph {

void Verifier::check_dead() {
  each("dead", [&](kv::Key key, Bytes value) {
    if (key.size() != sizeof(DeadKey::bytes)) {
      return damage("dead", key, "the key is not a state and a slot");
    }
    const auto state = std::to_integer<unsigned>(key[0]);
    const Slot slot = load_be32(key.data() + 1);
    if (state < static_cast<unsigned>(SlotState::tombstone) ||
        state > static_cast<unsigned>(SlotState::free)) {
      return damage("dead", key, "the key names no state of a dead slot");
    }
    if (slot >= meta_.slots) {
      return damage("dead", key, "the key names a slot that the index does not have");
    }
    if (states_[slot] != SlotState::live) return damage("dead", key, "the slot has two states");
    states_[slot] = static_cast<SlotState>(state);
    if (!value.empty()) damage("dead", key, "the record has a value; it should be empty");
  });
  levels_.assign(states_.size(), 0);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (!vacant(static_cast<Slot>(i))) levels_[i] = 1;
  }
}

void Verifier::take_id_block(kv::Key key, Bytes value, std::vector<bool>& own) {
  if (key.size() != sizeof(IdBlockKey::bytes)) return damage("ids", key, "the key is not a block");
  const std::uint64_t first = std::uint64_t{load_be32(key.data() + 1)} * ids_per_value;
  if (first >= meta_.slots) return damage("ids", key, "the index has no such block");
  const std::size_t count = std::min<std::uint64_t>(ids_per_value, meta_.slots - first);
  if (value.size() != count * sizeof(ItemId)) {
    damage(
        "ids", key,
        fmt::format("{} bytes where {} ids have {}", value.size(), count, count * sizeof(ItemId)));
    return;
  }
  std::memcpy(ids_.data() + first, value.data(), value.size());
  for (std::size_t i = first; i < first + count; ++i) own[i] = true;
}

void Verifier::check_ids() {
  if (!meta_.own_ids) {
    std::uint64_t records = 0;
    std::vector<std::byte> first;
    each("ids", [&](kv::Key key, Bytes) {
      if (++records == 1) first.assign(key.begin(), key.end());
    });
    if (records > 0) {
      damage("ids", first,
             fmt::format("{} records from here on, where the meta record says that slots are ids",
                         records));
    }
    if (meta_.free != 0) damage_in_meta("slots are ids, which a free slot has none of");
    return;
  }
  if (!table("ids")) damage("ids", {}, "the table is missing");
  ids_.resize(meta_.slots);
  std::iota(ids_.begin(), ids_.end(), ItemId{0});
  std::vector<bool> own(meta_.slots, false);
  std::map<ItemId, Slot> slot_of;
  each("ids", [&](kv::Key key, Bytes value) {
    if (key[0] == std::byte{0}) return take_id_block(key, value, own);
    if (key[0] != std::byte{1} || key.size() != sizeof(ItemKey::bytes)) {
      return damage("ids", key, "the key is neither a block nor an id");
    }
    const ItemId id = load_be64(key.data() + 1);
    const Slot slot = value.size() == sizeof(Slot) ? load<Slot>(value.data()) : max_slots;
    if (slot >= meta_.slots) return damage("ids", key, "the value is not a slot of the index");
    slot_of[id] = slot;
    if (states_[slot] != SlotState::live) {
      damage("ids", key, fmt::format("id {} leads to slot {}, which holds no live item", id, slot));
    } else if (ids_[slot] != id) {
      damage("ids", key,
             fmt::format("id {} leads to slot {}, which holds item {}", id, slot, ids_[slot]));
    }
  });
  check_items_and_slots(slot_of);
}

/// Each live item must be found by its id, in its slot; `slot_of` is the table's second half.
void Verifier::check_items_and_slots(const std::map<ItemId, Slot>& slot_of) {
  std::vector<std::pair<ItemId, Slot>> live;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto slot = static_cast<Slot>(i);
    const IdBlockKey block(static_cast<Slot>(i / ids_per_value));
    const ItemId id = ids_[slot];
    if (states_[slot] == SlotState::free) {
      if (id != no_item) {
        damage("ids", block.bytes, fmt::format("free slot {} has the id {}", slot, id));
      }
      continue;
    }
    if (id == no_item) {
      damage("ids", block.bytes, fmt::format("slot {} has no id and is not free", slot));
      continue;
    }
    if (states_[slot] != SlotState::live) continue;
    live.emplace_back(id, slot);
    const auto found = slot_of.find(id);
    const bool leads_here = found == slot_of.end() ? id == slot : found->second == slot;
    if (!leads_here) {
      damage("ids", ItemKey(id).bytes,
             fmt::format("item {} of slot {} is not found by its id", id, slot));
    }
  }
  std::sort(live.begin(), live.end());
  for (std::size_t i = 1; i < live.size(); ++i) {
    if (live[i].first != live[i - 1].first) continue;
    damage("ids", IdBlockKey(static_cast<Slot>(live[i].second / ids_per_value)).bytes,
           fmt::format("slots {} and {} both hold item {}", live[i - 1].second, live[i].second,
                       live[i].first));
  }
}

void Verifier::check_row(Slot slot, Bytes key, const std::byte* row) {
  const std::size_t vector_bytes = metric_->vector_bytes(meta_.dimension);
  try {
    metric_->encode({row, vector_bytes}, meta_.dimension, row_.data());
  } catch (const Error& error) {
    return damage("vectors", key, fmt::format("the vector of slot {}: {}", slot, error.what()));
  }
  if (std::memcmp(row, row_.data(), row_.size()) != 0) {
    damage("vectors", key,
           fmt::format("what {} keeps beside the vector of slot {} is not that vector's",
                       meta_.metric, slot));
  }
}

void Verifier::check_vectors() {
  const bool single = packing_.rows_per_value() == 1 && !packing_.together();
  Slot next = 0;
  const auto missing_before = [&](std::size_t block) {
    for (; next < block; ++next) {
      if (single && vacant(next)) continue;
      damage("vectors", VectorKey(next).bytes, "the record is missing");
    }
  };
  each("vectors", [&](kv::Key key, Bytes value) {
    if (key.size() != sizeof(VectorKey::bytes) || load_be32(key.data()) >= packing_.row_blocks()) {
      return damage("vectors", key, "the key names no row of the index");
    }
    const Slot block = load_be32(key.data());
    missing_before(block);
    next = block + 1;
    const Packing::Range range = packing_.rows_in(block);
    if (single && vacant(range.first)) {
      return damage("vectors", key,
                    fmt::format("a row of slot {}, which has no item", range.first));
    }
    for (Slot slot = range.first; slot < range.last; ++slot) {
      const std::byte* row = nullptr;
      if (packing_.row(value, slot, row) != Code::ok) {
        return damage(
            "vectors", key,
            fmt::format("{} bytes where {} rows have {}", value.size(), range.last - range.first,
                        (range.last - range.first) * row_.size()));
      }
      if (!vacant(slot)) {
        check_row(slot, key, row);
      } else if (std::any_of(row, row + row_.size(),
                             [](std::byte b) { return b != std::byte{}; })) {
        damage("vectors", key, fmt::format("a row of slot {}, which has no item", slot));
      }
    }
  });
  if (table("vectors")) missing_before(packing_.row_blocks());
}

/// A code follows from its row and the mean.
void Verifier::check_codes() {
  if (encoding_ == nullptr || meta_.slots == 0) {
    each("codes", [&](kv::Key key, Bytes) {
      damage("codes", key, "a record of codes, which the meta record does not tell of");
    });
    return;
  }
  std::optional<distance::Encoder> encoder;
  std::vector<std::byte> code;
  Slot next = 0;
  const auto missing_before = [&](std::size_t slot) {
    for (; next < slot; ++next) {
      if (!vacant(next)) damage("codes", VectorKey(next).bytes, "the record is missing");
    }
  };
  kv::Scope scope;
  kv::View row;
  const auto compare = [&](kv::Key key, Slot slot, Bytes value) {
    const VectorKey block(packing_.row_block(slot));
    const std::byte* place = nullptr;
    scope.reset();
    // Rows that are damaged themselves were told of.
    if (snapshot_->get(*table("vectors"), block.bytes, scope, row) != Code::ok) return;
    if (packing_.row(row.bytes(), slot, place) != Code::ok) return;
    try {
      encoder->encode(place, code.data());
    } catch (const Error& error) {
      return damage("codes", key, fmt::format("slot {}: {}", slot, error.what()));
    }
    if (value.size() != code.size() || std::memcmp(value.data(), code.data(), code.size()) != 0) {
      damage("codes", key, fmt::format("it is not the code of the vector of slot {}", slot));
    }
  };
  each("codes", [&](kv::Key key, Bytes value) {
    if (key.size() == mean_key.size() && key[0] == mean_key[0]) {
      try {
        encoder = decode_encoder(*encoding_, *metric_, meta_.dimension, value,
                                 table_name(name_, "codes"));
        code.resize(encoder->code_bytes());
        if (packing_.codes_inline()) {
          codes_ = RowBlock(code.size(), meta_.slots);
          coded_.assign(meta_.slots, false);
        }
      } catch (const Error& error) {
        damage("codes", key, error.what());
      }
      return;
    }
    if (key.size() != sizeof(VectorKey::bytes) || load_be32(key.data()) >= meta_.slots) {
      return damage("codes", key, "the key names no slot of the index");
    }
    const Slot slot = load_be32(key.data());
    missing_before(slot);
    next = slot + 1;
    if (vacant(slot)) {
      return damage("codes", key, fmt::format("a code of slot {}, which has no item", slot));
    }
    if (encoder && table("vectors")) compare(key, slot, value);
    if (codes_.size() > 0 && value.size() == codes_.row_bytes()) {
      std::memcpy(codes_.mutable_row(slot), value.data(), value.size());
      coded_[slot] = true;
    }
  });
  if (!encoder) damage("codes", mean_key, "the mean of the codes is missing");
  missing_before(meta_.slots);
}

void Verifier::check_staged() {
  std::uint64_t count = 0;
  each("staged", [&](kv::Key key, Bytes value) {
    ++count;
    if (key.size() != sizeof(ItemId) || load_be64(key.data()) == no_item) {
      return damage("staged", key, "the key is not an id");
    }
    if (value.empty()) return;  // a deletion
    if (value.size() != row_.size()) {
      return damage("staged", key,
                    fmt::format("{} bytes where a row has {}", value.size(), row_.size()));
    }
    try {
      metric_->encode(value.first(metric_->vector_bytes(meta_.dimension)), meta_.dimension,
                      row_.data());
    } catch (const Error& error) {
      return damage("staged", key, error.what());
    }
    if (std::memcmp(value.data(), row_.data(), row_.size()) != 0) {
      damage("staged", key, "what the metric keeps beside the vector is not that vector's");
    }
  });
  if (count != meta_.staged) {
    damage_in_meta(fmt::format("field `staged` is {}, but there are {}", meta_.staged, count));
  }
}

}  // namespace skerry::graph
