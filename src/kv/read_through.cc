#include "kv/read_through.h"

#include "base/error.h"

namespace skerry::kv {

std::uint64_t read_through(Store& store, const std::filesystem::path& path) {
  std::uint64_t records = 0;
  for (const std::string& name : store.tables()) {
    const TableId table = store.table(name);
    const std::unique_ptr<Snapshot> snapshot = store.snapshot();
    const std::unique_ptr<Cursor> cursor = snapshot->cursor(table);
    Code code = cursor->seek({});
    for (; code == Code::ok; code = cursor->next()) ++records;
    if (code != Code::not_found) {
      throw Error(Code::corrupt, "the table cannot be read to its end",
                  {.path = path.string(), .table = name});
    }
  }
  return records;
}

}  // namespace skerry::kv
