#pragma once
// Small indexes and what must hold of each after any write.

#include <map>
#include <vector>

#include "base/bytes.h"
#include "graph/ids.h"
#include "graph/writer.h"
#include "kv/store.h"

namespace skerry::graph {

/// An item's n-th vector.
std::vector<float> vector_of(ItemId id, unsigned version = 0);

Bytes bytes_of(const std::vector<float>& vector);

/// Of vector_of's dimension, euclidean, with lists so short that few items fill them.
IndexOptions small_options();

/// What must hold of the index "main" that has just been written, against the items that it should
/// hold.
void expect_sound(kv::Store& store, const std::map<ItemId, std::vector<float>>& items);

}  // namespace skerry::graph
