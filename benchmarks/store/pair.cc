#include "benchmarks/store/pair.h"

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

Pair::Pair(const StoreCase& which, const fs::path& directory) : which_(which) {
  std::string name = (directory / "skerry-benchmark-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(Code::io, "cannot make a directory for the stores", {.path = name});
  }
  directory_ = name;
  try {
    open(false);
  } catch (...) {
    fs::remove_all(directory_);
    throw;
  }
}

Pair::~Pair() {
  raw_.reset();
  interface_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Pair::open(bool read_only) {
  kv::StoreOptions options;
  options.create = !read_only;
  options.read_only = read_only;
  raw_.reset();
  interface_.reset();
  options.path = directory_ / "raw";
  raw_ = which_.kind == "lmdb" ? open_lmdb_side(options) : open_rocksdb_side(options);
  options.path = directory_ / "interface";
  interface_ = open_through_interface(which_.kind, options);
}

void Pair::fill(const Keys& keys, Bytes value) {
  raw_->load(keys.ascending(), value);
  interface_->load(keys.ascending(), value);
  if (which_.read_only) open(true);
  raw_->begin_reading();
  interface_->begin_reading();
  // By turns, so that neither cache gets better memory: one that is filled first was faster by a
  // tenth.
  for (std::size_t first = 0; first < keys.hops().size(); first += max_hop) {
    const std::size_t count = std::min(max_hop, keys.hops().size() - first);
    raw_->get(keys.hops().subspan(first, count));
    interface_->get(keys.hops().subspan(first, count));
  }
}

}  // namespace skerry::benchmarks
