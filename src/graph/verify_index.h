#pragma once
// Checks that an index in a store holds together, record by record.
//
// What the engine can check (Store::verify(), the pages of an LMDB file) comes before, and is the
// caller's: this trusts that records can be read, and nothing that is written in them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kv/store.h"

namespace skerry::graph {

struct Finding {
  enum class Kind : std::uint8_t {
    damage,       ///< the index contradicts its format, or itself
    unreachable,  ///< no walk from entry points and root meets some items
    note,         ///< how things are; no harm
  };

  Kind kind = Kind::damage;
  std::string table;  ///< NAME.links
  std::string key;    ///< in hexadecimal; "meta" for the meta record; empty: of no single record
  std::string what;   ///< for people, one line
};

inline constexpr std::size_t most_findings = 20;

struct IndexCheck {
  std::vector<Finding> findings;  ///< the first most_findings of each table
  std::uint64_t damages = 0;      ///< all findings of the kind
  std::uint64_t unreachable = 0;  ///< live items
  std::uint64_t dangling = 0;     ///< links to items that are gone
  std::uint64_t items = 0;        ///< live ones, as the meta record says
};

/// Checks
/// - meta: readable, policies known; counts, links, levels, entry points and digest as recounted;
///   the root, where connectivity has one, is an item or a tombstone.
/// - dead: a state for each slot that is not live, once.
/// - ids: both ways: each live item is found by its id, and no two have one.
/// - vectors: each live item and tombstone has its row, as its metric writes it; no other slot has.
/// - links: each list decodes, ascending, within the degree bounds, without a link to itself; each
///   item is on all levels below its top; targets are on the level of the link, or gone; no list of
///   another slot.
/// - reverse: equals the links turned round, where the index keeps it.
/// - parents, where connectivity is `parent`: each live item and tombstone has a rank of its own
///   among those given, and the root the lowest; each but the root has a parent of lower rank that
///   links to it on level 0; no other slot has.
/// - staged: vectors of the index or deletions, as many as the meta record says.
/// And whether each live item can be reached from the entry points and the root. It goes on after a
/// fault where what follows can be told from it. Memory: about 16 bytes a slot (50 with parents)
/// and 4 a link. Bytes of any kind end as findings.
/// Throws Error{not_found} when there is no such index, and what taking a snapshot throws.
IndexCheck verify_index(kv::Store& store, std::string_view name);

}  // namespace skerry::graph
