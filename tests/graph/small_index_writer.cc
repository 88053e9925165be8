// small_index_writer STORE PATH COUNT: changes the last of COUNT small indexes in a store with
// prefixes, commit after commit for as long as it lives, and tells its standard output before each.
// A program of its own, since a fork of the test would lack the threads of RocksDB.

#include <unistd.h>

#include <exception>
#include <iostream>

#include "kv/open_store.h"
#include "kv/prefix_store.h"
#include "tests/graph/small_index.h"

int main(int, char** arguments) {
  using namespace skerry;
  try {
    const auto store = kv::with_prefixes(kv::open_store(arguments[1], {.path = arguments[2]}));
    const std::size_t number = std::stoul(arguments[3]) - 1;
    graph::Writer writer(*store, graph::small_name(number));
    // Items are replaced, so that the index stays small however long this lives.
    for (ItemId step = 0;; ++step) {
      for (ItemId id = 0; id < 5; ++id) graph::add_small(writer, number + step, id);
      const char dot = '.';
      if (::write(STDOUT_FILENO, &dot, 1) != 1) return 1;
      writer.build(kv::Durability::process);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
