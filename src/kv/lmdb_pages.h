#pragma once
// Walks every page of an LMDB data file that its newest version uses, by bounded reads of our own:
// liblmdb 0.9.24 trusts what it maps, and damaged pages end its process by a signal.
//
// A writer may be at work, in this or another process, and nothing is locked: LMDB writes over a
// page of version T only in a transaction after T + 2, and the commit of T + 2 goes to the meta
// page that held T. So the walk reads that meta page once more at its end: unchanged, all that was
// read belonged to one version.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace skerry::kv {

/// What stands in PageFault::table for pages that belong to no named table.
inline constexpr std::string_view meta_pages_name = "(meta)";
inline constexpr std::string_view free_pages_name = "(free pages)";
inline constexpr std::string_view main_table_name = "(main)";  ///< unnamed; holds the names

struct PageFault {
  std::string table;
  std::string key_hex;     ///< the nearest key before the fault that is known, or empty
  std::uint64_t page = 0;  ///< the page with the fault
  std::string what;        ///< for people, one line
};

/// What the walk found in one tree.
struct TableWalk {
  std::string table;
  std::uint64_t records = 0;
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t overflow_pages = 0;
  unsigned depth = 0;
};

inline constexpr std::size_t most_page_faults = 100;

struct PageWalk {
  std::vector<PageFault> faults;  ///< the first most_page_faults
  std::uint64_t fault_count = 0;
  std::vector<TableWalk> tables;  ///< free pages, main, then the named ones in order of their names
  std::uint64_t transaction = 0;  ///< the version that was walked
  std::uint64_t page_size = 0;
  std::uint64_t pages = 0;       ///< in use, the two meta pages included
  std::uint64_t free_pages = 0;  ///< on the list of free pages
  std::uint64_t lost_pages = 0;  ///< neither; meaningful without faults. Harmless, but wasted
  std::uint64_t records = 0;     ///< in named tables and plain ones in the main table
};

/// Gets each record that lies in sound pages, table by table in key order; `table` is empty for the
/// main table. The spans end with the call. What it throws passes through.
using RecordVisitor = std::function<void(std::string_view table, Bytes key, Bytes value)>;

/// Checks meta pages; of each tree numbers, flags and bounds of its pages, that nodes fill them
/// exactly, ascending keys within and across pages, one depth, counts as its head has them; that
/// overflow runs lie in the file; that no page is in two places; that free pages descend in each
/// record, are in range and not in use. A page with a fault is reported and its subtree left out.
/// Values have no checksum in LMDB: a change within a value is not seen.
///
/// For files of tables without flags, as skerry and hannoy write them: sorted duplicates and other
/// key orders are reported. Memory: a bit for each page of the file, 16 bytes for each free one,
/// the largest value when there is a visitor. Throws Error: not_found, io; busy when a writer
/// committed twice in the meantime (walk again).
PageWalk walk_lmdb_pages(const std::filesystem::path& file, const RecordVisitor& visit = {});

}  // namespace skerry::kv
