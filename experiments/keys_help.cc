#include "experiments/keys_help.h"

#include <fmt/format.h>

#include "experiments/keys.h"
#include "experiments/table.h"

namespace skerry::experiments {

std::string keys_help() {
  Table table({Align::left, Align::left, Align::left});
  table.add({"  dataset.path", "", "file of vectors, from the current directory"});
  table.add({"  dataset.queries", "",
             "file of queries, for formats with one matrix per file; or "
             "base(count=100): drawn"});
  table.add({"  dataset.neighbors", "", "file of true neighbours, likewise"});
  table.add({"  dataset.spec", "", "synthetic data instead, as uniform(n=10000, d=32)"});
  table.add({"  dataset.name", "", "public data instead: one of `skerry dataset list`"});
  table.add({"  dataset.limit", "all", "use only so many vectors"});
  for (const Key& key : keys()) {
    const std::string_view standing = key.default_value.empty() ? "required" : key.default_value;
    table.add({fmt::format("  {}.{}", key.table, key.name), std::string(standing),
               std::string(key.description)});
  }
  return fmt::format("Keys with their defaults; those of build and search may be lists (axes):\n{}",
                     table.text());
}

}  // namespace skerry::experiments
