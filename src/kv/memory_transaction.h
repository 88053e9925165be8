#pragma once
// Transactions of a memory store: a version that only the writer sees until its commit.

#include <memory>

#include "kv/memory_versions.h"
#include "kv/store.h"

namespace skerry::kv {

/// Waits for the other writer. `versions` must outlive the transaction.
std::unique_ptr<Transaction> memory_transaction(MemoryVersions& versions);

}  // namespace skerry::kv
