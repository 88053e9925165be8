#pragma once
// The list of free pages of an LMDB file, checked record by record and then as a whole.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "kv/lmdb_format.h"

namespace skerry::kv::lmdb {

class FreePages {
 public:
  struct Entry {
    std::uint64_t page;
    std::uint64_t transaction;  ///< that gave it free: the key of its record
  };

  /// Takes the record of `transaction`, or says what is wrong with it.
  std::string take(std::uint64_t transaction, Bytes value, const Meta& meta);

  /// Call once, after all records: reports pages that are in use too, or listed twice. Gives the
  /// number of different pages.
  std::uint64_t check(const std::vector<bool>& in_use,
                      const std::function<void(const Entry&, std::string)>& report);

 private:
  std::vector<Entry> entries_;
};

}  // namespace skerry::kv::lmdb
