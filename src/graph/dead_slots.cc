#include "graph/dead_slots.h"

#include "base/error.h"

namespace skerry::graph {

DeadSlots DeadSlots::load(const kv::Snapshot& snapshot, kv::TableId table,
                          const std::string& table_name, const Meta& meta) {
  DeadSlots dead;
  const std::unique_ptr<kv::Cursor> cursor = snapshot.cursor(table);
  Code code = cursor->seek({});
  for (; code == Code::ok; code = cursor->next()) {
    const kv::Key key = cursor->key();
    const auto damaged = [&](std::string_view what) {
      return Error(Code::corrupt, std::string(what), {.table = table_name, .key = to_hex(key)});
    };
    if (key.size() != sizeof(DeadKey::bytes)) {
      throw damaged("the key is not a state and a slot");
    }
    const Slot slot = load_be32(key.data() + 1);
    if (slot >= meta.slots) throw damaged("the key names a slot that the index does not have");
    if (dead.dead(slot)) throw damaged("the slot has two states");
    switch (static_cast<SlotState>(key[0])) {
      case SlotState::tombstone: dead.tombstones.insert(slot); break;
      case SlotState::gone: dead.gone.insert(slot); break;
      case SlotState::free: dead.free.insert(slot); break;
      default: throw damaged("the key names no state of a dead slot");
    }
  }
  if (code != Code::not_found) {
    throw Error(code, "reading the dead slots failed", {.table = table_name});
  }
  if (dead.tombstones.size() != meta.tombstones || dead.gone.size() != meta.gone ||
      dead.free.size() != meta.free) {
    throw Error(Code::corrupt, "the number of dead slots differs from the meta record's",
                {.table = table_name});
  }
  return dead;
}

}  // namespace skerry::graph
