#pragma once
// Ids of items as people give them: in a list, or one a line.

#include <string>
#include <string_view>
#include <vector>

#include "base/types.h"

namespace skerry::experiments {

/// The ids of `list`, which has commas between them; `option` is for the message. Throws
/// Error{invalid_argument} that quotes what is no id.
std::vector<ItemId> ids_in_list(std::string_view list, std::string_view option);

/// The ids of `text`, one a line; blank lines and blanks around an id are ignored. Throws
/// Error{invalid_argument} that names `path` and the line.
std::vector<ItemId> ids_in_text(std::string_view text, const std::string& path);

/// All bytes of the file `path`, or of standard input for "-". Throws Error: not_found, io.
std::string whole_input(const std::string& path);

}  // namespace skerry::experiments
