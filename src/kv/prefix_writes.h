#pragma once
// The writing half of a prefix store.

#include <memory>
#include <span>

#include "kv/store.h"

namespace skerry::kv {

/// A transaction on prefixed tables. `owner` is the store. append() costs a search of the table
/// the first time and after an erase, and is a put in the store below, where the end of a prefix
/// need not be the end of the table.
std::unique_ptr<Transaction> prefix_transaction(std::unique_ptr<Transaction> inner,
                                                const void* owner);

/// A bulk load as one transaction, since the tables below are not empty when an index's are. Holds
/// all records as that transaction does: meant for small indexes. Throws Error{invalid_argument}
/// unless all `tables` are empty.
std::unique_ptr<Bulk> prefix_bulk(std::unique_ptr<Transaction> transaction,
                                  std::span<const TableId> tables);

}  // namespace skerry::kv
