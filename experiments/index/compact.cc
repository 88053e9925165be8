// `skerry index compact`

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "experiments/index/commands.h"
#include "experiments/index/index_store.h"
#include "experiments/index/lmdb_swap.h"
#include "experiments/table.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

constexpr Command command = {
    .usage = "skerry index compact DIR",
    .summary =
        "Gives space back that deleted and replaced records have left in the store in DIR, and "
        "says\n"
        "how much. No other process may have the store open. Until the end the space of a copy is\n"
        "needed, too.",
    .options = {},
    .min_positional = 1,
    .max_positional = 1,
};

/// A copy inside the store's own directory, which both engines leave alone: it is on the same file
/// system then. Removes one that a crash left.
class Copy {
 public:
  explicit Copy(const fs::path& directory) : path_(directory / "compacting") { remove(); }

  ~Copy() { remove(); }

  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  const fs::path& path() const noexcept { return path_; }

 private:
  void remove() noexcept {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

  fs::path path_;
};

/// Returns the bytes before. The copy takes the store's place once it was read to its end.
std::uint64_t compact_lmdb(const fs::path& path) {
  require_alone(path);
  const Copy copy(path);
  std::uint64_t before = 0;
  std::uint64_t records = 0;
  std::vector<std::byte> seen;
  {
    const std::unique_ptr<kv::Store> store = open_to_write(path);
    before = store->size_on_disk();
    records = store->verify();
    seen = newest_meta(path);
    store->compact_copy(copy.path());
  }
  const std::uint64_t copied =
      kv::open_store("lmdb", {.path = copy.path(), .read_only = true})->verify();
  if (copied != records) {
    throw Error(Code::busy, "the copy differs from the store, which was written to meanwhile",
                {.path = path.string(),
                 .expected = fmt::format("{} records", records),
                 .found = fmt::format("{} records", copied)});
  }
  swap_data_file(path, copy.path() / "data.mdb", seen);
  return before;
}

/// Returns the bytes before. RocksDB merges its own files before it copies them by hard links, so
/// the copy is not needed. Its lock keeps other writers out.
std::uint64_t compact_rocksdb(const fs::path& path) {
  const std::unique_ptr<kv::Store> store = open_to_write(path);
  const std::uint64_t before = store->size_on_disk();
  const Copy copy(path);
  store->compact_copy(copy.path());
  return before;
}

}  // namespace

int index_compact(std::span<const std::string> arguments) {
  const Parsed parsed = parse_command(command, arguments);
  if (parsed.help) {
    fmt::print("{}", help_text(command));
    return 0;
  }
  const fs::path path = parsed.positional.front();
  const bool lmdb = kv::detect_store(path) == "lmdb";
  const std::uint64_t before = lmdb ? compact_lmdb(path) : compact_rocksdb(path);
  const std::uint64_t after = open_to_read(path)->size_on_disk();
  fmt::print("{}: {} bytes before, {} bytes after\n", path.string(), grouped(before),
             grouped(after));
  return 0;
}

}  // namespace skerry::experiments
