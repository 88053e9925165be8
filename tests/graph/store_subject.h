#pragma once
// The stores that a suite of this folder runs on, by name.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kv/open_store.h"
#include "tests/kv/strict_store.h"

namespace skerry::graph {

/// "lmdb", "strict_lmdb" with views that live as long as they do there, or "scoped_lmdb" with views
/// that live no longer than their scope; so for every store kind of this build.
inline std::vector<std::string> store_subjects() {
  std::vector<std::string> names;
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    for (const char* prefix : {"", "strict_", "scoped_"})
      names.push_back(prefix + std::string(kind.name));
  }
  return names;
}

class StoreSubject {
 public:
  StoreSubject(std::string_view name, const std::filesystem::path& path) {
    const std::size_t at = name.find('_') + 1;
    inner_ = kv::open_store(name.substr(at), {.path = path, .create = true});
    if (at == 0) return;
    strict_ = kv::make_strict(
        *inner_, name.starts_with("strict_") ? inner_->traits().view_life : kv::ViewLife::scope);
  }

  kv::Store& operator*() const noexcept { return strict_ ? *strict_ : *inner_; }

  kv::Store* operator->() const noexcept { return &**this; }

 private:
  std::unique_ptr<kv::Store> inner_;
  std::unique_ptr<kv::Store> strict_;
};

}  // namespace skerry::graph
