#include "python/open_stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

#include "base/error.h"
#include "base/spec.h"
#include "kv/open_store.h"

namespace skerry::python {

namespace {

namespace fs = std::filesystem;

/// By canonical path. An entry stays until its store is closed, which is later than its last
/// pointer: whoever opens the directory in between waits.
class Registry {
 public:
  static Registry& instance() {
    // Never destroyed: Python may drop its last index after static objects are gone.
    static Registry* const registry = new Registry;
    return *registry;
  }

  std::shared_ptr<kv::Store> open(const std::string& path, const std::string& spec,
                                  const kv::StoreOptions& options);

 private:
  struct Entry {
    std::string spec;
    std::weak_ptr<kv::Store> store;
  };

  /// A store that leaves the registry when it has closed.
  struct Held {
    explicit Held(std::string place) : path(std::move(place)) {}

    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    ~Held() {
      if (!store) return;
      store.reset();
      Registry::instance().forget(path);
    }

    std::string path;
    std::unique_ptr<kv::Store> store;
  };

  void forget(const std::string& path) {
    const std::lock_guard lock(mutex_);
    stores_.erase(path);
    closed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable closed_;
  std::map<std::string, Entry> stores_;
};

std::shared_ptr<kv::Store> Registry::open(const std::string& path, const std::string& spec,
                                          const kv::StoreOptions& options) {
  std::shared_ptr<kv::Store> store;  // ends outside the lock
  std::unique_lock lock(mutex_);
  closed_.wait(lock, [&] {
    const auto present = stores_.find(path);
    if (present == stores_.end()) return true;
    store = present->second.store.lock();
    return store != nullptr;
  });
  if (!store) {
    const auto held = std::make_shared<Held>(path);
    Entry& entry = stores_[path];
    try {
      entry.spec = spec;
      held->store = kv::open_store(spec, options);
    } catch (...) {
      stores_.erase(path);
      throw;
    }
    store = {held, held->store.get()};
    entry.store = store;
    return store;
  }
  const std::string& present = stores_[path].spec;
  if (spec != present && spec != Spec::parse(present).name) {
    throw Error(
        Code::busy,
        fmt::format("this process has the store open as `{}`, not as `{}`; close that first",
                    present, spec),
        {.path = path});
  }
  if (store->traits().read_only && !options.read_only) {
    throw Error(Code::busy, "this process has the store open for reading only; close that first",
                {.path = path});
  }
  return store;
}

bool persistent(const std::string& kind) {
  const auto kinds = kv::store_kinds();
  return std::any_of(kinds.begin(), kinds.end(), [&](const kv::StoreKind& known) {
    return known.name == kind && known.persistent;
  });
}

/// The kind of the store in a directory, "" where there is none.
std::string kind_at(const fs::path& path) {
  try {
    return std::string(kv::detect_store(path));
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    return "";
  }
}

}  // namespace

std::shared_ptr<kv::Store> open_shared(const StorePlace& place) {
  if (!place.spec.empty()) kv::check_store_spec(place.spec);
  if (!place.path) {
    const std::string kind = place.spec.empty() ? "memory" : Spec::parse(place.spec).name;
    if (persistent(kind)) {
      throw Error(Code::invalid_argument,
                  fmt::format("store `{}` needs a path: the directory that it lies in", kind));
    }
    return kv::open_store(kind, {});
  }
  const std::string path = fs::weakly_canonical(fs::absolute(*place.path)).string();
  const std::string present = kind_at(path);
  if (present.empty() && !place.create) {
    throw Error(Code::not_found, "there is no store here", {.path = path});
  }
  const std::string spec = place.spec.empty() ? present : place.spec;
  const std::string kind = Spec::parse(spec).name;
  if (!persistent(kind)) {
    throw Error(Code::invalid_argument,
                fmt::format("store `{}` lies in no directory; its path is None", kind),
                {.path = path});
  }
  if (!present.empty() && present != kind) {
    throw Error(Code::mismatch, "another kind of store lies here",
                {.path = path, .expected = kind, .found = present});
  }
  return Registry::instance().open(
      path, spec, {.path = path, .create = place.create, .read_only = place.read_only});
}

}  // namespace skerry::python
