#pragma once
// Writing an index: the library's face for adding, replacing and deleting items.
//
//   Writer::create(store, "main", {.metric = "cosine", .dimension = 384});
//   Writer writer(store, "main");
//   writer.add(17, vector);
//   writer.build();
//
// add() and erase() stage; build() links what is staged and makes all of it visible by one commit.
// A build that fails, is cancelled or dies leaves the index as it was, and readable; what was
// staged in this object and not saved is lost with the object. Readers keep the state that they
// opened.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "graph/index_options.h"
#include "graph/live_graph.h"
#include "graph/meta.h"
#include "graph/stored_index.h"
#include "graph/update.h"
#include "kv/store.h"

namespace skerry::graph {

/// What one build did.
struct BuildReport {
  std::size_t added = 0;      ///< items that were not there, and replaced ones
  std::size_t deleted = 0;    ///< items that are there no more, without replaced ones
  bool from_scratch = false;  ///< the graph was made anew, from all items
  UpdateWork work;            ///< of an update; zero when from_scratch
};

/// For one thread. One writer at a time: a second one waits in build() or save(), and a writer
/// whose index another one has changed meanwhile takes the newer state up.
class Writer {
 public:
  /// Makes an empty index. Throws Error{invalid_argument}: a spec, name, metric or dimension that
  /// means nothing, or an index of this name is there.
  static void create(kv::Store& store, std::string_view name, const IndexOptions& options);

  /// Opens an index; `store` outlives the writer. Throws what StoredIndex throws, and unsupported
  /// for a store that is read-only. `threads` work on a build.
  Writer(kv::Store& store, std::string_view name, unsigned threads = 1);
  ~Writer();

  /// Stages an item. The id's present item, stored or staged, is replaced. `vector` is
  /// Metric::vector_bytes(dimension) bytes. Throws Error{invalid_argument} for another size, for
  /// what Metric::encode() and the index's Encoder::encode() refuse, and for the id no_item;
  /// nothing is staged then.
  void add(ItemId id, Bytes vector);

  /// Stages a deletion. False, and nothing staged, when there is no such item.
  bool erase(ItemId id);

  /// Stages the deletion of all items.
  void clear();

  // The items as they will be after the next build.

  bool contains(ItemId id) const;

  /// The vector's bytes, exactly as they were given.
  std::optional<std::vector<std::byte>> vector(ItemId id) const;

  std::size_t size() const;

  bool empty() const { return size() == 0; }

  /// Calls visit(id, vector) for each item in ascending order of ids. Holds all ids in memory.
  void for_each(const std::function<void(ItemId, Bytes)>& visit) const;

  /// Whether anything is staged, here or in the store.
  bool need_build() const;

  /// Keeps what is staged in the store, for a later build of this or another writer. Searches do
  /// not see it.
  void save(kv::Durability durability = kv::Durability::power);

  /// Forgets what is staged here since the last save.
  void discard() { staged_.clear(); }

  /// Links all that is staged and commits. Throws Error{cancelled} and what the store reports.
  BuildReport build(kv::Durability durability = kv::Durability::power,
                    const Progress& progress = {});

  /// Makes the graph anew from all items, staged ones included, with other options when given: the
  /// metric may change if vectors keep their size. Throws as create() and build().
  BuildReport rebuild(const std::optional<IndexOptions>& options = {},
                      kv::Durability durability = kv::Durability::power,
                      const Progress& progress = {});

  /// Takes deleted items out of the graph for good and frees their slots; `repair` mends the lists
  /// that led to them ("": the index's own, or fresh_diskann where that keeps items).
  UpdateWork consolidate(std::string_view repair = {},
                         kv::Durability durability = kv::Durability::power,
                         const Progress& progress = {});

  /// Gives the index codes of another encoding, or none (`f32`), around a mean of what is there
  /// now. Links, rows and digest stay. Throws Error{invalid_argument} for an encoding that the
  /// metric has not, cancelled.
  UpdateWork recode(std::string_view encoding, kv::Durability durability = kv::Durability::power,
                    const Progress& progress = {});

  /// Takes up what others have committed; what is staged here stays.
  void refresh() { index_.reset(); }

  /// From now on `threads` work on a build; 1..1024, else the next build throws invalid_argument.
  void set_threads(unsigned threads) noexcept { threads_ = threads; }

  /// The options of the index as it is.
  IndexOptions options() const;

  const Meta& meta() const;

 private:
  /// Encoded rows to add; none: to delete.
  using Staged = std::map<ItemId, std::optional<std::vector<std::byte>>>;

  const StoredIndex& index() const;
  std::unique_ptr<kv::Transaction> begin() const;
  const Staged& all_staged(Staged& room) const;
  std::set<ItemId> ids() const;
  std::optional<std::vector<std::byte>> row(ItemId id) const;
  void read_staged(Staged& staged) const;
  BuildReport build_anew(std::unique_ptr<kv::Transaction> transaction, const Staged& staged,
                         const IndexOptions& options, kv::Durability durability,
                         const Progress& progress);
  BuildReport update(std::unique_ptr<kv::Transaction> transaction, const Staged& staged,
                     kv::Durability durability, const Progress& progress);
  void wipe(kv::Transaction& transaction) const;
  void put_meta(kv::Transaction& transaction, const Meta& meta) const;
  void clear_staged(kv::Transaction& transaction) const;

  kv::Store* store_;
  std::string name_;
  unsigned threads_;
  UpdateTables tables_{};
  kv::TableId staged_table_{};
  Staged staged_;
  mutable std::unique_ptr<StoredIndex> index_;
};

}  // namespace skerry::graph
