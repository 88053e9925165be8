#include "experiments/index/new_store.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/index/index_store.h"
#include "kv/open_store.h"

namespace skerry::experiments {

namespace fs = std::filesystem;

std::string new_store_kind(const Parsed& parsed) {
  const std::string text = needed(parsed, "store");
  kv::check_store_spec(text);
  const Spec spec = Spec::parse(text);
  if (!spec.arguments.empty()) {
    throw Error(Code::invalid_argument,
                fmt::format("--store is `{}`; parameters are for experiments, write `{}`", text,
                            spec.name));
  }
  for (const kv::StoreKind& kind : kv::store_kinds()) {
    if (kind.name == spec.name && !kind.persistent) {
      throw Error(Code::invalid_argument,
                  fmt::format("--store is `{}`, of which nothing would be left; an index on the "
                              "command line needs lmdb or rocksdb",
                              spec.name));
    }
  }
  return spec.name;
}

Place look_at(const fs::path& path) {
  if (!fs::exists(path)) return Place::absent;
  if (!fs::is_directory(path)) {
    throw Error(Code::invalid_argument, "it is a file; an index lies in a directory",
                {.path = path.string()});
  }
  if (fs::is_empty(path)) return Place::empty;
  try {
    (void)kv::detect_store(path);
    return Place::store;
  } catch (const Error&) {
    return Place::folder;
  }
}

}  // namespace skerry::experiments
