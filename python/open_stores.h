#pragma once
// The stores that this process has open, so that several indexes of one directory, or several
// objects on one index, share one: a process opens a directory once (kv/lmdb_store.h).

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "kv/store.h"

namespace skerry::python {

/// What to open. `path` is there if and only if the kind of store persists.
struct StorePlace {
  std::optional<std::filesystem::path> path;
  std::string spec;        ///< "lmdb", "rocksdb(cache=1GiB)"; "": what lies at `path`
  bool create = false;     ///< make it where there is none
  bool read_only = false;  ///< may get one that can write, where this process has it open
};

/// The store at a place, closed with the last pointer to it. Safe from many threads. Throws Error:
/// invalid_argument (spec; a path too many or too few), mismatch (another kind lies there), busy
/// (this process has it open for reading only, or by another spec), and what opening throws.
std::shared_ptr<kv::Store> open_shared(const StorePlace& place);

}  // namespace skerry::python
