#pragma once
// Reads an LMDB data file without LMDB, to see whether it is whole before it is mapped: reading a
// mapped page behind the end of a file is a signal, not an error.
// Source: the page layout of LMDB 0.9.24, mdb.c (MDB_page, MDB_meta, MDB_db, MDB_node).

#include <filesystem>

namespace skerry::kv {

/// Throws Error: version (another LMDB format or word size), corrupt (no meta page can be used, or
/// a page that the newest version needs lies behind the end of the file), io.
void check_lmdb_file(const std::filesystem::path& file);

}  // namespace skerry::kv
