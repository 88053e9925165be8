#pragma once
// The store in memory: persistent trees, one version for each commit.

#include <memory>

#include "kv/store.h"

namespace skerry::kv {

/// A fresh, empty store; `options` are not used. Nothing survives it.
std::unique_ptr<Store> open_memory_store(const StoreOptions& options);

}  // namespace skerry::kv
