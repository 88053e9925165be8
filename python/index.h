#pragma once
// An index as Python sees it: one object that writes and searches. Knows nothing of Python: every
// call here runs without the interpreter's lock.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/progress.h"
#include "graph/reader.h"
#include "graph/writer.h"
#include "python/open_stores.h"
#include "python/search_state.h"

namespace skerry::python {

/// Safe from many threads: calls that write wait for each other, searches wait for nobody.
class Index {
 public:
  /// Throws Error{not_found}. View "auto": `memo` where the store's views live long enough, else
  /// `frozen` (one get of RocksDB that is open for writing costs a microsecond, and a search needs
  /// a thousand).
  Index(std::shared_ptr<kv::Store> store, std::string name, std::string view, bool read_only);

  /// Makes an empty index; its store. Nothing is left behind where the options mean nothing.
  static std::shared_ptr<kv::Store> create(const StorePlace& place, const std::string& name,
                                           const graph::IndexOptions& options);

  // Writing: as graph::Writer has it. Throws Error: unsupported when opened for reading, busy when
  // called from a report of progress of the same index, closed.

  /// vectors: ids.size() * vector_bytes() bytes. All are staged or none is.
  void add(std::span<const ItemId> ids, Bytes vectors);

  /// The number of those that were there.
  std::size_t erase(std::span<const ItemId> ids);

  void clear();
  void save();
  void discard();
  bool need_build() const;
  graph::BuildReport build(unsigned threads, const Progress& progress);
  graph::BuildReport rebuild(const graph::IndexOptions& options, unsigned threads,
                             const Progress& progress);
  graph::UpdateWork consolidate(const std::string& repair, unsigned threads,
                                const Progress& progress);

  // The items as they will be after the next build; of an index opened for reading, as searches see
  // them.

  graph::IndexOptions options() const;
  std::size_t size() const;
  bool contains(ItemId id) const;
  std::optional<std::vector<std::byte>> vector(ItemId id) const;

  /// What searches see, opened on first use and after each build.
  std::shared_ptr<SearchState> searched() const;

  /// From now on searches see what others have committed.
  void refresh();

  /// Keeps what is staged in the store. Searches that run go on to their end. Stays open where
  /// keeping fails.
  void close();

  bool closed() const;

  const std::string& name() const noexcept { return name_; }

  bool read_only() const noexcept { return read_only_; }

 private:
  /// Runs call(writer) for one thread at a time.
  template <class Call>
  auto write(Call&& call) const;

  std::shared_ptr<kv::Store> store() const;
  void forget_searched() const;

  std::string name_;
  std::string view_;
  bool read_only_;
  mutable std::mutex writing_;
  mutable std::atomic<std::thread::id> writing_thread_{};
  mutable std::mutex changing_;                    // held for moments; also while a reader opens
  std::shared_ptr<kv::Store> store_;               // null when closed
  mutable std::shared_ptr<SearchState> searched_;  // null until the next search
  std::unique_ptr<graph::Writer> writer_;          // null when read_only_ or closed
};

}  // namespace skerry::python
