#pragma once
// The files of experiments/report/page/ and the charting library, put into the program by
// embed.py.

#include <string_view>

namespace skerry::experiments::assets {

extern const std::string_view page_html;
extern const std::string_view page_css;
extern const std::string_view page_js;   ///< the files of page/ that end in .js, in order
extern const std::string_view chart_js;  ///< Chart.js 3, minified
extern const std::string_view chart_js_licence;

}  // namespace skerry::experiments::assets
