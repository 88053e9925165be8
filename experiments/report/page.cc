#include "experiments/report/page.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "experiments/report/page_assets.h"

namespace skerry::experiments {

namespace {

/// `text` with every `what` replaced.
std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t found = text.find(what); found != text.npos; found = text.find(what, at)) {
    result.append(text, at, found - at).append(with);
    at = found + what.size();
  }
  return result.append(text, at);
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char each : text) {
    switch (each) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += each;
    }
  }
  return escaped;
}

std::string script_json(const nlohmann::ordered_json& value) {
  // In JSON a `<` stands in strings only, so that an escape says the same. Without it no text can
  // end the element or open a comment in it (HTML Standard, section 4.12.1.3).
  return replaced(value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace), "<",
                  "\\u003c");
}

std::string report_page(std::string_view title, const nlohmann::ordered_json& data) {
  const std::array<std::pair<std::string_view, std::string>, 6> parts = {{
      {"{{title}}", escape_html(title)},
      {"{{style}}", std::string(assets::page_css)},
      {"{{licence}}", escape_html(assets::chart_js_licence)},
      {"{{data}}", script_json(data)},
      {"{{library}}", std::string(assets::chart_js)},
      {"{{script}}", std::string(assets::page_js)},
  }};
  // One pass over the template: what is put in is not looked at again, whatever it contains.
  std::string page;
  std::string_view rest = assets::page_html;
  while (!rest.empty()) {
    std::size_t next = rest.size();
    const std::pair<std::string_view, std::string>* part = nullptr;
    for (const auto& each : parts) {
      const std::size_t found = rest.find(each.first);
      if (found < next) {
        next = found;
        part = &each;
      }
    }
    page.append(rest.substr(0, next));
    if (part == nullptr) break;
    page += part->second;
    rest.remove_prefix(next + part->first.size());
  }
  return page;
}

}  // namespace skerry::experiments
