#pragma once
// A store that gives what kv/store.h promises and nothing more.

#include <memory>

#include "kv/store.h"
#include "tests/kv/lifetimes.h"

namespace skerry::kv {

/// Forwards to `inner`, and takes back all that the contract allows to be taken back:
/// - values lie at odd addresses, and read as 0xdb.. as soon as they may be gone: those of a
///   snapshot with it, with ViewLife::scope already with their Scope's reset or its use elsewhere;
///   those of a transaction with its next change; those of a cursor with its next move;
/// - what was written behind reserve() is taken at the next call, and lost if written later;
/// - the views of a multi_get that failed are not null;
/// - table() is busy while this thread has a writer, and only later snapshots know a new table.
///
/// Throws Misuse where a transaction, bulk load, cursor or scope is used by another thread, and
/// where a cursor is used after a change of its transaction. Ends the process where a store is
/// destroyed before what it made, or a snapshot or transaction before its cursors.
///
/// `life` is what its snapshots claim; it may not be more than `inner` promises.
std::unique_ptr<Store> make_strict(Store& inner, ViewLife life);

}  // namespace skerry::kv
