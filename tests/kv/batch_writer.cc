// batch_writer STORE PATH FIRST: commits batches FIRST, FIRST + 1, .. for as long as it lives, and
// tells its standard output of every step. A program of its own, since a fork of the test would
// lack the threads of RocksDB.

#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>

#include "kv/open_store.h"
#include "tests/kv/batches.h"

namespace skerry::kv {
namespace {

bool tell(const BatchMessage& message) {
  return ::write(STDOUT_FILENO, &message, sizeof message) == sizeof message;
}

int write_batches(const char* spec, const char* path, std::uint64_t first) {
  const auto store = open_store(spec, {.path = path, .create = true});
  std::array<TableId, 2> tables;
  for (std::size_t t = 0; t < tables.size(); ++t) tables[t] = store->table(batch_tables[t]);
  for (std::uint64_t batch = first;; ++batch) {
    const auto transaction = store->begin();
    for (std::uint64_t record = 0; record < batch_records(batch); ++record) {
      for (std::size_t t = 0; t < tables.size(); ++t) {
        const Code code = transaction->put(tables[t], batch_key(batch, record),
                                           as_bytes(batch_value(t, batch, record)));
        if (code != Code::ok) throw Error(code, "a put failed");
      }
      if (!tell({batch, 0})) return 1;
    }
    transaction->commit(batch_durability(batch));
    if (!tell({batch, 1})) return 1;
  }
}

}  // namespace
}  // namespace skerry::kv

int main(int, char** arguments) {
  try {
    return skerry::kv::write_batches(arguments[1], arguments[2], std::stoull(arguments[3]));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
