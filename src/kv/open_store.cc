#include "kv/open_store.h"

#include <vector>

#include "base/error.h"
#include "base/spec.h"
#include "kv/memory_store.h"
#ifdef SKERRY_HAVE_LMDB
#include "kv/lmdb_store.h"
#endif
#ifdef SKERRY_HAVE_ROCKSDB
#include "kv/rocksdb_store.h"
#endif

namespace skerry::kv {

std::span<const StoreKind> store_kinds() {
  static const std::vector<StoreKind> kinds = {
      {"memory", "ordered maps in memory; nothing survives the process", "", false,
       &open_memory_store},
#ifdef SKERRY_HAVE_LMDB
      {"lmdb", "memory-mapped B+ trees, copy on write", lmdb_version(), true, &open_lmdb_store},
#endif
#ifdef SKERRY_HAVE_ROCKSDB
      {"rocksdb", "log-structured merge trees", rocksdb_version(), true, &open_rocksdb_store},
#endif
  };
  return kinds;
}

std::unique_ptr<Store> open_store(std::string_view kind, const StoreOptions& options) {
  std::vector<std::string_view> known;
  for (const StoreKind& candidate : store_kinds()) {
    if (candidate.name == kind) return candidate.open(options);
    known.push_back(candidate.name);
  }
  throw Error(Code::invalid_argument, unknown_name("store", kind, known));
}

std::string_view detect_store(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path / "data.mdb", error)) return "lmdb";
  if (std::filesystem::exists(path / "CURRENT", error)) return "rocksdb";
  throw Error(Code::not_found, "there is no store here (neither data.mdb nor CURRENT)",
              {.path = path.string()});
}

}  // namespace skerry::kv
