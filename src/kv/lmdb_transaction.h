#pragma once
// Transactions of an LMDB environment.

#include <memory>

#include "kv/lmdb_environment.h"
#include "kv/store.h"

namespace skerry::kv {

/// Waits for the other writer. `environment` must outlive the transaction.
std::unique_ptr<Transaction> lmdb_transaction(LmdbEnvironment& environment);

}  // namespace skerry::kv
