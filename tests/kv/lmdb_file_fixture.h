#pragma once
// An LMDB store with every kind of page, and its file as bytes to change.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "kv/lmdb_pages.h"
#include "kv/lmdb_store.h"
#include "tests/support/temp_dir.h"

namespace skerry::kv {

inline Bytes b(std::string_view text) { return as_bytes(text); }

inline std::string text_of(const PageWalk& walk) {
  std::string text;
  for (const PageFault& fault : walk.faults) {
    text += fault.table + " [" + fault.key_hex + "] page " + std::to_string(fault.page) + ": " +
            fault.what + "\n";
  }
  return text;
}

class LmdbFile : public testing::Test {
 protected:
  std::unique_ptr<Store> open() {
    return open_lmdb_store({.path = path_, .create = true, .map_size = std::uint64_t{1} << 26});
  }

  /// Trees of three levels and of one, values in the page and on overflow pages, records that were
  /// replaced by shorter ones and erased, in many commits.
  void fill() {
    const auto store = open();
    const TableId small = store->table("small");
    const TableId large = store->table("large");
    const TableId emptied = store->table("emptied");
    store->table("untouched");
    Random random(7);
    for (int commit = 0; commit < 40; ++commit) {
      const auto transaction = store->begin();
      for (int i = 0; i < 100; ++i) {
        const std::string key = "key of some length " + std::to_string(random.below(3000));
        ASSERT_EQ(transaction->put(small, b(key), b(std::string(random.below(200), 's'))),
                  Code::ok);
      }
      for (int i = 0; i < 4; ++i) {
        const std::string key = std::to_string(random.below(40));
        ASSERT_EQ(transaction->put(large, b(key), b(std::string(random.below(20000), 'l'))),
                  Code::ok);
        ASSERT_EQ(transaction->erase(small, b("key of some length " + key)), Code::ok);
        ASSERT_EQ(transaction->erase(large, b(std::to_string(random.below(40)))), Code::ok);
      }
      ASSERT_EQ(transaction->put(emptied, b("k"), b(std::string(5000, 'e'))), Code::ok);
      if (commit % 2 == 1) {
        ASSERT_EQ(transaction->erase(emptied, b("k")), Code::ok);
      }
      transaction->commit(Durability::process);
    }
  }

  void load_file() {
    std::ifstream in(file_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    whole_.assign(b(text).begin(), b(text).end());
    bytes_ = whole_;
  }

  void write_file() { std::ofstream(file_, std::ios::binary) << as_text(bytes_); }

  /// The 4096 bytes from `at`.
  void write_page(std::size_t at) {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << as_text(Bytes(bytes_).subspan(at, 4096));
  }

  PageWalk walk_changed() {
    write_file();
    return walk_lmdb_pages(file_);
  }

  support::TempDir dir_;
  std::filesystem::path path_ = dir_.path() / "store";
  std::filesystem::path file_ = path_ / "data.mdb";
  std::vector<std::byte> whole_, bytes_;
};

}  // namespace skerry::kv
