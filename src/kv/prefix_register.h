#pragma once
// The table shared.names of a prefix store: which prefix an index has, and which tables.
//
// key: the index's name; value: the prefix as u16 big-endian, then the parts after the dot of its
// tables' names, ascending, with a space between them.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kv/prefix_key.h"
#include "kv/store.h"

namespace skerry::kv {

struct PrefixEntry {
  Prefix prefix = no_prefix;
  std::set<std::string, std::less<>> parts{};

  std::vector<std::byte> encode() const;

  /// Throws Error{corrupt} that names the table and the index.
  static PrefixEntry decode(std::string_view index, Bytes value);
};

using PrefixEntries = std::map<std::string, PrefixEntry, std::less<>>;

/// The entry of an index, or none. Throws Error{corrupt} and what the store reports.
std::optional<PrefixEntry> find_entry(const Snapshot& snapshot, TableId names,
                                      std::string_view index);

/// All entries. Throws as above, and where two indexes have one prefix.
PrefixEntries read_entries(const Snapshot& snapshot, TableId names);

/// The lowest prefix that no index has, if possible one that is not in `resting`. Throws
/// Error{full} when there is none.
Prefix free_prefix(const PrefixEntries& entries, const std::set<Prefix>& resting);

}  // namespace skerry::kv
