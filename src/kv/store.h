#pragma once
// The contract of every key-value store under skerry. It knows bytes, tables and transactions, and
// nothing of vectors or graphs. tests/kv/*_contract_test.cc hold each sentence below against every
// store and decorator.
//
// Keys    1..511 bytes (or fewer: Traits::longest_key), compared as unsigned bytes, the shorter
//         first among equal prefixes.
// Values  0..2^32-1 bytes. An empty value is present, not absent. No alignment is promised.
// Tables  are first-class (an LMDB named database, a RocksDB column family, an ordered map).
// Failure Calls made once per hop return a Code and allocate nothing for themselves; all others
//         throw Error. No input aborts the process.
// Threads A Store may be used from many threads. A Snapshot may be read from many threads at once;
//         each thread brings its own Scope and Cursor. A Transaction, a Bulk, a Cursor and a Scope
//         belong to one thread.
// Order   One writer at a time: begin() and bulk() wait for the other writer of this process to
//         end. A snapshot shows what was committed before it was taken and never changes; readers
//         never wait for a writer nor a writer for readers.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace skerry::kv {

inline constexpr std::size_t max_key_size = 511;

using Key = Bytes;

/// A borrowed value. `data == nullptr` is absent; present and empty is a non-null pointer, size 0.
struct View {
  const std::byte* data = nullptr;
  std::size_t size = 0;

  explicit operator bool() const noexcept { return data != nullptr; }

  Bytes bytes() const noexcept { return {data, size}; }
};

/// A table of one open store; meaningless for any other store object.
enum class TableId : std::uint32_t {};

/// How long a view from a Snapshot lives: until its Scope is reset, or as long as the Snapshot.
/// (A view from a Transaction also ends with the transaction's next change, in either case.)
enum class ViewLife : std::uint8_t { scope, snapshot };

/// What a finished commit survives, from least to most. `process`: kill -9. `ordered`: loss of
/// power keeps some prefix of the commits. `power`: loss of power keeps this commit.
enum class Durability : std::uint8_t { none, process, ordered, power };

/// Keeps views of ViewLife::scope alive. Reusable: reset() ends them all and keeps the memory; use
/// with another snapshot or transaction ends them, too.
class Scope {
 public:
  /// What a store pins for its views; made by the store on first use.
  class Pins {
   public:
    virtual ~Pins() = default;
    virtual void reset() noexcept = 0;
  };

  void reset() noexcept {
    if (pins_) pins_->reset();
  }

  /// For stores: this scope's pins, created by `make` when it has none from this `owner` yet.
  template <class Make>
  Pins& pins(const void* owner, Make&& make) {
    if (!pins_ || owner_ != owner) {
      pins_ = make();
      owner_ = owner;
    }
    return *pins_;
  }

 private:
  std::unique_ptr<Pins> pins_;
  const void* owner_ = nullptr;
};

/// Walks one table in key order. key() and value() hold until the next positioning call or the end
/// of the snapshot or transaction that made it (for a transaction: its next change, after which
/// only a new cursor is of use). A cursor is destroyed before what made it.
class Cursor {
 public:
  virtual ~Cursor() = default;

  /// Goes to the first key >= `key`. not_found at the end of the table. An empty key is allowed
  /// here and means the first record.
  virtual Code seek(Key key) = 0;

  /// Goes to the first key that starts with `prefix`; next() then ends with the prefix.
  virtual Code seek_prefix(Key prefix) = 0;

  /// Goes on by one. not_found at the end, and when the cursor stands nowhere.
  virtual Code next() = 0;

  /// Empty and absent where the cursor stands nowhere.
  Key key() const noexcept { return key_; }

  View value() const noexcept { return value_; }

 protected:
  /// For stores: where the cursor stands from now on.
  void stand(Key key, View value) noexcept {
    key_ = key;
    value_ = value;
  }

  void stand_nowhere() noexcept { stand({}, {}); }

  bool placed() const noexcept { return value_.data != nullptr; }

 private:
  // Not asked of the store: a scan of LMDB spends a dozen nanoseconds on a record.
  Key key_;
  View value_;
};

/// One immutable state of all tables.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  /// ok with `view` set, or not_found with a null view, or a failure with a null view.
  virtual Code get(TableId table, Key key, Scope& scope, View& view) const = 0;

  /// views[i] belongs to keys[i]; a miss is a null view, not an error. Any order, duplicates
  /// allowed; ascending keys are served faster by some engines. Sizes must be equal.
  /// After a failure the views say nothing.
  virtual Code multi_get(TableId table, std::span<const Key> keys, std::span<View> views,
                         Scope& scope) const = 0;

  virtual std::unique_ptr<Cursor> cursor(TableId table) const = 0;

  virtual ViewLife view_life() const noexcept = 0;
};

/// The one writer: a Snapshot that reads its own writes. Destruction without commit() aborts.
/// After commit() or abort() every call answers Code::closed. A change that fails for another
/// reason than its arguments (invalid_argument, key_size) dooms the transaction: commit() throws.
class Transaction : public Snapshot {
 public:
  /// Inserts or replaces. `value` is copied before the call returns.
  virtual Code put(TableId table, Key key, Bytes value) = 0;

  /// Like put of a value of `size` bytes that the caller writes into `out` before its next call on
  /// this transaction.
  virtual Code reserve(TableId table, Key key, std::size_t size, std::span<std::byte>& out) = 0;

  /// put of a key above every key of the table; invalid_argument, and no change, if it is not.
  virtual Code append(TableId table, Key key, Bytes value) = 0;

  /// ok also when the key is absent.
  virtual Code erase(TableId table, Key key) = 0;

  /// Erases all keys in [from, to); an empty `to` means to the end of the table.
  virtual Code erase_range(TableId table, Key from, Key to) = 0;

  /// Makes all changes of all tables visible at once. Throws, with nothing changed, on failure.
  virtual void commit(Durability durability) = 0;

  virtual void abort() noexcept = 0;
};

/// Sorted bulk load into empty tables, invisible until publish(). Destruction without publish()
/// leaves the store as it was.
class Bulk {
 public:
  virtual ~Bulk() = default;

  /// Keys of one table in strictly ascending order, else invalid_argument. Tables in any order. A
  /// failure for another reason than the arguments dooms the load: publish() throws.
  virtual Code add(TableId table, Key key, Bytes value) = 0;

  /// Makes the records of all tables visible at once, with Durability::power. Throws, with nothing
  /// changed, on failure.
  virtual void publish() = 0;
};

/// What a store can do; fixed for the life of a Store object.
struct Traits {
  std::string_view name;      ///< "memory", "lmdb", "rocksdb"
  ViewLife view_life;         ///< of views from its snapshots
  bool persistent;            ///< survives closing
  bool read_only;             ///< begin(), bulk() and creation of tables throw unsupported
  std::size_t page_size = 0;  ///< 0 when the engine has none
  std::size_t longest_key = max_key_size;
};

/// Size of one table. Exact where the engine counts; `estimated` says where it does not.
struct TableStats {
  std::uint64_t entries = 0;
  std::uint64_t key_bytes = 0;       ///< sum of key sizes
  std::uint64_t value_bytes = 0;     ///< sum of value sizes
  std::uint64_t disk_bytes = 0;      ///< bytes that the engine's own figures give to this table
  std::uint64_t checksum_bytes = 0;  ///< of disk_bytes, checksums of the engine's blocks
  std::uint32_t depth = 0;           ///< of the B-tree, or sorted runs of an LSM tree
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t overflow_pages = 0;
  bool estimated = false;
};

/// What a counter counts. All but `level` are sums since the store was opened, which never fall: of
/// a stretch of work the difference is told. `read` and `written` are sums of bytes: of blocks that
/// answers were looked for in, of records that were sent to files.
enum class CounterKind : std::uint8_t { level, sum, read, written };

/// A figure that an engine keeps of itself.
struct EngineCounter {
  std::string_view name;  ///< snake_case; ends with _bytes or _us where that is the unit
  std::uint64_t value = 0;
  CounterKind kind = CounterKind::sum;
};

struct StoreOptions {
  std::filesystem::path path;  ///< directory; unused by "memory"
  bool create = false;         ///< make the directory and store if missing
  bool read_only = false;      ///< RocksDB: mmap, stable views; must be flushed
  std::uint64_t map_size = std::uint64_t{1} << 40;  ///< LMDB: reserved address space
  bool read_ahead = true;  ///< LMDB: the system reads ahead in the map. RocksDB: in files it opens
  Durability most = Durability::power;                   ///< LMDB: no commit reaches more than this
  std::uint64_t cache_bytes = std::uint64_t{256} << 20;  ///< RocksDB: block cache
  std::uint32_t block_bytes = 4096;                      ///< RocksDB: of a data block
  std::uint32_t bloom_bits = 0;                          ///< RocksDB: a key, of a filter; 0: none
  std::string compression = "none";                      ///< RocksDB: none, lz4, zstd or snappy
  bool mmap = true;       ///< RocksDB, read-only: map files, for stable views; not with compression
  bool counters = false;  ///< RocksDB: keep engine_counters(), which costs each call time
  std::uint32_t max_readers = 1024;  ///< LMDB: reader slots
  std::uint32_t max_tables = 256;    ///< LMDB: named databases
};

class Store {
 public:
  virtual ~Store() = default;

  virtual const Traits& traits() const noexcept = 0;

  /// Opens the table, creating it if it is missing (never on a read-only store: not_found).
  /// No transaction or bulk of this thread may be live, unless this object has opened the table
  /// before: then no lock is taken. A snapshot taken before this first call for the table may not
  /// know it (invalid_argument). Names: 1..200 characters of [A-Za-z0-9._-].
  virtual TableId table(std::string_view name) = 0;

  /// Whether the store has the table, without making it or waiting for a writer. False for what
  /// cannot be a table's name.
  virtual bool has_table(std::string_view name) = 0;

  /// The names of all tables, ascending.
  virtual std::vector<std::string> tables() = 0;

  virtual std::unique_ptr<Snapshot> snapshot() = 0;
  virtual std::unique_ptr<Transaction> begin() = 0;

  /// `tables` are those that will be filled; each must be empty, else invalid_argument.
  virtual std::unique_ptr<Bulk> bulk(std::span<const TableId> tables) = 0;

  /// Everything committed so far reaches Durability::power.
  virtual void sync() = 0;

  /// An LSM tree that is not read-only first writes to files what it holds of the table in memory.
  virtual TableStats table_stats(TableId table) = 0;

  /// The engine's own counters, always the same ones in the same order; drop_caches() does not set
  /// them back. None of a store in memory, nor where StoreOptions did not ask for them.
  virtual std::vector<EngineCounter> engine_counters() = 0;

  /// Bytes of the store's files on disk (allocated blocks for sparse files); memory: payload bytes.
  virtual std::uint64_t size_on_disk() = 0;

  /// Empties the engine's caches and asks the system to drop the files' cached pages. busy while a
  /// snapshot, or a transaction or bulk load of this thread, is live; waits for those of others.
  virtual void drop_caches() = 0;

  /// Writes a compacted copy to `path` (a directory that must not exist); unsupported for memory.
  virtual void compact_copy(const std::filesystem::path& path) = 0;

  /// Reads every record of every table; throws corrupt with the place. Returns records read.
  virtual std::uint64_t verify() = 0;
};

}  // namespace skerry::kv
