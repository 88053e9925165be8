#include "graph/ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace skerry::graph {

Error IdMap::damaged(Bytes key, std::string_view what) const {
  return {Code::corrupt, std::string(what), {.table = name_, .key = to_hex(key)}};
}

ItemId IdMap::id_of(Slot slot) const {
  if (!table_) return slot;
  const IdBlockKey key(static_cast<Slot>(slot / ids_per_value));
  kv::Scope scope;
  kv::View value;
  const Code code = snapshot_->get(*table_, key.bytes, scope, value);
  if (code == Code::not_found) return slot;
  if (code != Code::ok) throw Error(code, "reading ids failed", {.table = name_});
  const std::size_t at = slot % ids_per_value;
  if (value.size < (at + 1) * sizeof(ItemId)) throw damaged(key.bytes, "the block has too few ids");
  return skerry::load<ItemId>(value.data + at * sizeof(ItemId));
}

std::optional<Slot> IdMap::slot_of(ItemId id) const {
  if (id == no_item) return std::nullopt;
  if (table_) {
    const ItemKey key(id);
    kv::Scope scope;
    kv::View value;
    const Code code = snapshot_->get(*table_, key.bytes, scope, value);
    if (code != Code::ok && code != Code::not_found) {
      throw Error(code, "reading the slot of an item failed", {.table = name_});
    }
    if (code == Code::ok) {
      const Slot slot = value.size == sizeof(Slot) ? skerry::load<Slot>(value.data) : max_slots;
      if (slot >= slots_) throw damaged(key.bytes, "it is not a slot of the index");
      return slot;
    }
  }
  if (id >= slots_) return std::nullopt;
  const auto slot = static_cast<Slot>(id);
  return id_of(slot) == id ? std::optional(slot) : std::nullopt;
}

std::vector<ItemId> IdMap::load() const {
  if (!table_) return {};
  std::vector<ItemId> ids(slots_);
  std::iota(ids.begin(), ids.end(), ItemId{0});
  const std::unique_ptr<kv::Cursor> cursor = snapshot_->cursor(*table_);
  const std::byte prefix{0};
  Code code = cursor->seek_prefix({&prefix, 1});
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    const kv::View value = cursor->value();
    if (key.size() != sizeof(IdBlockKey::bytes)) throw damaged(key, "the key is not a block");
    const std::size_t first = load_be32(key.data() + 1) * ids_per_value;
    if (first >= slots_) throw damaged(key, "the index has no such block");
    const std::size_t count = std::min(ids_per_value, slots_ - first);
    if (value.size != count * sizeof(ItemId)) {
      throw damaged(key, fmt::format("{} bytes where {} ids have {}", value.size, count,
                                     count * sizeof(ItemId)));
    }
    std::memcpy(ids.data() + first, value.data, value.size);
  }
  if (code != Code::not_found) throw Error(code, "reading ids failed", {.table = name_});
  return ids;
}

}  // namespace skerry::graph
