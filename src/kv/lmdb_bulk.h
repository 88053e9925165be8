#pragma once
// Bulk loads of an LMDB environment.

#include <memory>
#include <span>

#include "kv/lmdb_environment.h"
#include "kv/store.h"

namespace skerry::kv {

/// One write transaction that appends. Nothing of it is in the file before publish().
std::unique_ptr<Bulk> lmdb_bulk(LmdbEnvironment& environment, std::span<const TableId> tables);

}  // namespace skerry::kv
