#pragma once
// Results as tables for pgfplots, and a LaTeX document that draws them.

#include <filesystem>
#include <string>

#include "experiments/report/results_input.h"

namespace skerry::experiments {

/// Makes the folder where it is missing and writes into it one table per curve, curve_01.dat and
/// on, in the order of the results, and recall_qps.tex, which compiles by itself (class standalone)
/// and draws recall against queries per second. A table begins with `#` lines that name the curve's
/// config. Returns the number of curves. Throws Error{io, no_space}.
std::size_t write_pgfplots(const ResultsInput& input, const std::filesystem::path& folder);

/// Text that LaTeX prints as it is. Control characters become blanks.
std::string escape_tex(std::string_view text);

}  // namespace skerry::experiments
