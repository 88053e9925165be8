#pragma once
// Stores by name: the one registry of store kinds.

#include <memory>
#include <span>
#include <string_view>

#include "base/spec.h"
#include "kv/store.h"

namespace skerry::kv {

struct StoreKind {
  std::string_view name;         ///< "memory", "lmdb", "rocksdb"
  std::string_view description;  ///< one line for `skerry list`
  std::string_view version;      ///< of the engine's library, "" for memory
  bool persistent;
  std::span<const Parameter> parameters;  ///< of the spec, `rocksdb(cache=64MiB)`
  void (*configure)(const Arguments& arguments, StoreOptions& options);
  std::unique_ptr<Store> (*open)(const StoreOptions& options);
};

/// The kinds that this build contains, in the order in which they are listed to people.
std::span<const StoreKind> store_kinds();

/// Throws Error{invalid_argument} unless `spec` names a kind of this build and its parameters.
void check_store_spec(std::string_view spec);

/// The life of views from a store that is opened for reading only by this spec. Throws as above.
ViewLife reader_view_life(std::string_view spec);

/// `spec` is a kind, with parameters that go over `options`. Throws Error{invalid_argument} that
/// names the nearest kind or parameter and lists the rest, or what opening throws: not_found (no
/// such store and !create), busy (another process holds it), version, corrupt, io.
std::unique_ptr<Store> open_store(std::string_view spec, const StoreOptions& options);

/// The kind of the store in this directory, judged by its files; Error{not_found} if none.
std::string_view detect_store(const std::filesystem::path& path);

}  // namespace skerry::kv
