#pragma once
// A set of ids from a file, as what a search may return.

#include <string>

#include "graph/reader.h"

namespace skerry::experiments {

/// The items whose ids the file `path` ("-": standard input) holds, one a line, or as a 64-bit
/// Roaring bitmap in the portable format, which the bytes tell apart: text has no zero byte among
/// the first eight, and the count that a bitmap begins with always has. Ids that the index does not
/// hold are ignored. Throws Error: not_found, io, invalid_argument that names the line, corrupt for
/// bytes that are no bitmap.
graph::Filter filter_by_ids(const graph::Reader& reader, const std::string& path);

}  // namespace skerry::experiments
