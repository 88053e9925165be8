#include "benchmarks/store/arena.h"

#include <stdlib.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/random.h"

namespace skerry::benchmarks {

namespace fs = std::filesystem;

Keys::Keys(std::size_t count) : bytes_(count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  for (const std::uint32_t slot : order) {
    store_be32(&bytes_[slot][1], slot);
    ascending_.emplace_back(bytes_[slot]);
  }
  Random random(1);
  shuffle(order, random);
  for (std::size_t first = 0; first + max_hop <= count; first += max_hop) {
    const auto from = order.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(from, from + max_hop);
  }
  for (const std::uint32_t slot : order) hops_.emplace_back(bytes_[slot]);
}

Arena::Arena(const StoreCase& which, const fs::path& directory) : which_(which) {
  std::string name = (directory / "skerry-benchmark-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(Code::io, "cannot make a directory for the store", {.path = name});
  }
  directory_ = name;
  try {
    open(false);
  } catch (...) {
    fs::remove_all(directory_);
    throw;
  }
}

Arena::~Arena() {
  pair_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Arena::open(bool read_only) {
  kv::StoreOptions options;
  options.path = directory_;
  options.create = !read_only;
  options.read_only = read_only;
  pair_.reset();
  pair_ = which_.kind == "lmdb" ? open_lmdb_pair(options) : open_rocksdb_pair(options);
}

void Arena::fill(const Keys& keys, Bytes value) {
  pair_->interface().load(pair_->table(main_table), keys.ascending(), value);
  if (which_.read_only) open(true);
  pair_->raw().begin_reading();
  pair_->raw().get(keys.hops());
}

}  // namespace skerry::benchmarks
