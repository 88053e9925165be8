#include "kv/lmdb_free_pages.h"

#include <fmt/format.h>

#include <algorithm>

namespace skerry::kv::lmdb {

std::string FreePages::take(std::uint64_t transaction, Bytes value, const Meta& meta) {
  if (transaction > meta.transaction) {
    return fmt::format("pages given free by transaction {}, the newest is {}", transaction,
                       meta.transaction);
  }
  constexpr std::size_t word = sizeof(std::uint64_t);
  const std::uint64_t count = value.size() < word ? 0 : load<std::uint64_t>(value.data());
  if (value.size() < word || count > value.size() / word - 1) {
    return fmt::format("a list of {} free pages in {} bytes", count, value.size());
  }
  std::uint64_t before = meta.last_page + 1;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto page = load<std::uint64_t>(&value[i * word]);
    if (page >= before || page < meta_pages) {
      return fmt::format("free page {} of {} is {}; they descend from {} to {}", i, count, page,
                         meta.last_page, meta_pages);
    }
    entries_.push_back({page, transaction});
    before = page;
  }
  return {};
}

std::uint64_t FreePages::check(const std::vector<bool>& in_use,
                               const std::function<void(const Entry&, std::string)>& report) {
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.page < b.page; });
  std::uint64_t pages = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (i > 0 && entries_[i - 1].page == entry.page) {
      report(entry, "it is listed as free twice");
      continue;
    }
    ++pages;
    // The file may end before its last pages when those are free.
    if (entry.page < in_use.size() && in_use[entry.page]) {
      report(entry, "it is listed as free, and in use");
    }
  }
  return pages;
}

}  // namespace skerry::kv::lmdb
