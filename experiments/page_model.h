#pragma once
// What the stores' pages and blocks add to records.
//
// lmdb     A page of 4096 bytes has a header of 16. A record takes 8 bytes of node header, 2 of
// slot,
//          its key and its value, rounded up to even. Where header, key and value exceed 2038, the
//          value goes to pages of its own, of which only the first has a header, and 8 bytes of
//          page number stay behind. A bulk load fills pages in order. Branch pages hold a first key
//          and 10 bytes per page below.
// rocksdb  Rough. Measured with blocks of 4 kB, hash index in the block and no compression: 9 bytes
//          per record and 45 per block.

#include <vector>

namespace skerry::experiments {

/// Of one table (links or vectors), in bytes.
struct TableSize {
  double keys = 0;
  double values = 0;
  double memory = 0;  ///< payload: keys and values
  double lmdb = 0;
  double rocksdb = 0;
};

/// Records that are alike.
struct RecordClass {
  double count;
  double key_bytes;
  double value_bytes;  ///< mean
  bool fixed;          ///< all values are of this size
};

TableSize table_size(const std::vector<RecordClass>& records);

}  // namespace skerry::experiments
