#pragma once
// Which of its two meta pages an LMDB file goes by.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "kv/lmdb_data_file.h"
#include "kv/lmdb_format.h"

namespace skerry::kv::lmdb {

using MetaBytes = std::array<std::byte, page_header + Meta::bytes>;

struct Version {
  Meta meta;
  std::uint64_t at = 0;  ///< where its meta page begins
  MetaBytes bytes{};     ///< as read there
};

struct Metas {
  std::optional<Version> newest;
  std::array<std::string, meta_pages> faults;  ///< of each meta page; empty when it is sound
};

/// The meta page with the higher transaction among the sound ones. A damaged first page does not
/// hide the second: it is looked for at every page size.
Metas read_metas(const DataFile& file);

}  // namespace skerry::kv::lmdb
