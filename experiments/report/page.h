#pragma once
// A page for browsers that needs nothing but itself.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace skerry::experiments {

/// The whole HTML document. `title` is any text; `data` goes into the page as one JSON block.
std::string report_page(std::string_view title, const nlohmann::ordered_json& data);

/// JSON that may stand inside a <script> element: the same value, without any `<`. Bytes that are
/// not UTF-8 become U+FFFD.
std::string script_json(const nlohmann::ordered_json& value);

/// Text that may stand in an element or a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace skerry::experiments
