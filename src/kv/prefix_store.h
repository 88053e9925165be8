#pragma once
// Many small indexes in one store: a decorator that lets them share tables.
//
// A table per index and part does not do for a thousand indexes: LMDB is opened for so many named
// databases, and a column family of RocksDB has memory, a flush and files of its own. Here the
// table NAME.part (split at the last dot) is a range of the table shared.part: each key with the
// two-byte prefix of the index NAME before it. The table shared.names says which index has which
// prefix (kv/prefix_register.h). Graphs know nothing of it.
//
// What differs from other stores:
// - Keys have 1..509 bytes (Traits::longest_key).
// - A bulk load is one transaction, so all of it is held as a transaction's changes are.
// - table_stats() counts an index's records by walking them, gives it the share of the shared
//   table's pages that its bytes have, and says `estimated`. Key bytes are without the prefix.
// - The part `names` is refused.
// - A new index is one ordered commit of the table shared.names, a new table of it another.
//
// A name without a dot inside is a table of its own, and so is every table of an index that had
// tables of its own before the store was opened in this way.

#include <memory>
#include <string_view>

#include "kv/store.h"

namespace skerry::kv {

inline constexpr std::string_view prefix_register_table = "shared.names";

class PrefixStore : public Store {
 public:
  /// Erases an index, all tables and records, by one commit (Durability::power) and frees its
  /// prefix. Its TableIds mean nothing from then on; snapshots taken before keep its records. No
  /// transaction or bulk of this thread may be live. Throws Error: not_found (no such index),
  /// unsupported (it has tables of its own, or the store is read-only).
  virtual void drop(std::string_view index) = 0;
};

/// Whether a store was ever opened with prefixes, so that it has to be again.
bool has_prefixes(Store& store);

/// Opens a store with prefixes; `inner` must outlive the decorator in the second form, and is used
/// through it only. Throws Error: not_found (a read-only store that never had prefixes),
/// invalid_argument (an index `shared` has tables of its own), corrupt.
std::unique_ptr<PrefixStore> with_prefixes(std::unique_ptr<Store> inner);
std::unique_ptr<PrefixStore> with_prefixes(Store& inner);

/// open_store() (kv/open_store.h), with prefixes where the store has them.
std::unique_ptr<Store> open_namespaced(std::string_view spec, const StoreOptions& options);

}  // namespace skerry::kv
