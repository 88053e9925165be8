#include "kv/lmdb_metas.h"

#include <fmt/format.h>

namespace skerry::kv::lmdb {

namespace {

constexpr std::uint16_t integer_keys = 0x08;  // of the tree of free pages, always (MDB_INTEGERKEY)

std::string check(const MetaBytes& bytes, std::uint64_t page) {
  const auto number = load<std::uint64_t>(bytes.data());
  const auto flags = load<std::uint16_t>(bytes.data() + 10);
  const Meta meta = Meta::load(bytes.data() + page_header);
  if (meta.magic != magic) {
    return fmt::format("it begins with {:08x}, a meta page of LMDB with {:08x}", meta.magic, magic);
  }
  if (meta.version != data_version) {
    return fmt::format("its format version is {}, {} can be read", meta.version, data_version);
  }
  if (number != page) return fmt::format("it carries the page number {}", number);
  if (flags != meta_page) {
    return fmt::format("its flags are {:#x}, a meta page has {:#x}", flags, meta_page);
  }
  const std::uint64_t size = meta.page_size();
  if (size < smallest_page || size > largest_page || (size & (size - 1)) != 0) {
    return fmt::format("its page size is {}", size);
  }
  if ((meta.free.flags & integer_keys) == 0) {
    return fmt::format("its environment has the flags {:#x}", meta.free.flags);
  }
  if (meta.last_page + 1 < meta_pages || meta.last_page >= meta.map_size / size) {
    return fmt::format("its last page is {}, its map has {}", meta.last_page, meta.map_size / size);
  }
  if (meta.transaction != 0 && meta.transaction % meta_pages != page) {
    return fmt::format("transaction {} belongs into the other one", meta.transaction);
  }
  return {};
}

}  // namespace

Metas read_metas(const DataFile& file) {
  Metas metas;
  const auto take = [&](std::uint64_t page, std::uint64_t at) -> std::string {
    Version version{{}, at};
    if (std::string why = file.read(at, version.bytes); !why.empty()) return why;
    if (std::string why = check(version.bytes, page); !why.empty()) return why;
    version.meta = Meta::load(version.bytes.data() + page_header);
    if (page == 1 && version.meta.page_size() != at) {
      return fmt::format("its page size is {}, but it begins at {}", version.meta.page_size(), at);
    }
    if (!metas.newest || version.meta.transaction > metas.newest->meta.transaction) {
      metas.newest = version;
    }
    return {};
  };
  metas.faults[0] = take(0, 0);
  if (metas.newest) {
    metas.faults[1] = take(1, metas.newest->meta.page_size());
    return metas;
  }
  metas.faults[1] = "there is none at any page size";
  for (std::uint64_t at = smallest_page; at <= largest_page && !metas.newest; at *= 2) {
    if (take(1, at).empty()) metas.faults[1].clear();
  }
  return metas;
}

}  // namespace skerry::kv::lmdb
