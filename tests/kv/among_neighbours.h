#pragma once
// One index of a prefix store, for the contract suite, with neighbours that must not be touched.

#include <memory>

#include "kv/prefix_store.h"

namespace skerry::kv {

/// `store` as its index `main` sees it: a table t is main.t there. Before and after each such table
/// lie records of other indexes in the same shared one; the test fails if they are not as they were
/// when this store is destroyed. Names with a dot, and those that have no room for one, go through.
std::unique_ptr<Store> among_neighbours(std::unique_ptr<PrefixStore> store);

}  // namespace skerry::kv
