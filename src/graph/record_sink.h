#pragma once
// Where the records of an index go when it is written as a whole.

#include <memory>
#include <span>

#include "kv/store.h"

namespace skerry::graph {

/// Where records go, a run of slots at a time.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual Code add(kv::TableId table, kv::Key key, Bytes value) = 0;

  /// A run of slots is complete.
  virtual void end_run() = 0;

  /// Everything was added: makes it visible.
  virtual void finish() = 0;
};

/// One sorted load into empty tables.
std::unique_ptr<RecordSink> by_bulk(kv::Store& store, std::span<const kv::TableId> tables);

/// A transaction to each run, committed with Durability::power.
std::unique_ptr<RecordSink> by_commits(kv::Store& store);

/// A transaction of the caller's, into empty tables.
std::unique_ptr<RecordSink> into_transaction(kv::Transaction& transaction);

}  // namespace skerry::graph
