#pragma once
// A look at an LMDB data file before it is mapped: reading a mapped page behind the end of a file
// is a signal, not an error. Costs two small reads where the file is as long as it says, which does
// not find damage within it: that is for walk_lmdb_pages().

#include <filesystem>

namespace skerry::kv {

/// Throws Error: version (another LMDB format or word size), corrupt (no meta page can be used, or
/// a page that the newest version needs lies behind the end of the file), io, not_found; busy when
/// a file that is short of its last page is being written to (walk_lmdb_pages()).
void check_lmdb_file(const std::filesystem::path& file);

}  // namespace skerry::kv
