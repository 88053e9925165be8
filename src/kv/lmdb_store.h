#pragma once
// The store over LMDB 0.9 (stock, without private patches).

#include <memory>

#include "kv/store.h"

namespace skerry::kv {

/// Opens the LMDB environment in the directory `options.path`. A file shorter than its meta pages
/// say is refused as corrupt before the map is touched. One Store per path and process: LMDB's file
/// locks do not survive a second environment of the same process (busy).
///
/// The map reserves options.map_size of address space (halved until the system grants it); the file
/// does not grow with it. When it is full the writing transaction fails with Code::full and the
/// next begin() or bulk() doubles the map, unless snapshots are live: then that throws busy, since
/// LMDB 0.9 would unmap under them.
std::unique_ptr<Store> open_lmdb_store(const StoreOptions& options);

/// "0.9.24".
std::string_view lmdb_version();

}  // namespace skerry::kv
