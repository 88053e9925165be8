#include "experiments/page_model.h"

#include <algorithm>
#include <cmath>

namespace skerry::experiments {

namespace {

constexpr double page = 4096;
constexpr double page_header = 16;
constexpr double node_header = 8;
constexpr double slot = 2;
constexpr double page_number = 8;
constexpr double largest_node = 2038;
constexpr double rocksdb_record = 9;
constexpr double rocksdb_block = 45;

double even(double bytes) { return 2 * std::ceil(bytes / 2); }

/// Pages of `records` that lie in leaves only.
double leaf_pages(const RecordClass& records, double in_leaf) {
  const double room = page - page_header;
  const double raw = node_header + records.key_bytes + in_leaf;
  if (records.fixed) return records.count / std::floor(room / (slot + even(raw)));
  // Half of all sizes are odd; half a record on average does not fit at the end of a page.
  const double size = slot + raw + 0.5;
  return records.count * size / (room - size / 2);
}

double lmdb_pages(const std::vector<RecordClass>& classes) {
  double leaves = 0;
  double overflow = 0;
  double key = 0;
  for (const RecordClass& each : classes) {
    key = std::max(key, each.key_bytes);
    if (node_header + each.key_bytes + each.value_bytes > largest_node) {
      overflow += each.count * std::ceil((page_header + each.value_bytes) / page);
      leaves += leaf_pages({each.count, each.key_bytes, page_number, true}, page_number);
    } else {
      leaves += leaf_pages(each, each.value_bytes);
    }
  }
  const double fanout = std::floor((page - page_header) / (slot + even(node_header + key)));
  double branches = 0;
  for (double level = std::ceil(leaves); level > 1;) {
    level = std::ceil(level / fanout);
    branches += level;
  }
  return std::ceil(leaves) + branches + overflow;
}

}  // namespace

TableSize table_size(const std::vector<RecordClass>& records) {
  TableSize size;
  double count = 0;
  for (const RecordClass& each : records) {
    count += each.count;
    size.keys += each.count * each.key_bytes;
    size.values += each.count * each.value_bytes;
  }
  size.memory = size.keys + size.values;
  size.lmdb = page * lmdb_pages(records);
  const double in_blocks = size.memory + count * rocksdb_record;
  size.rocksdb = in_blocks + rocksdb_block * std::min(count, std::ceil(in_blocks / page));
  return size;
}

}  // namespace skerry::experiments
