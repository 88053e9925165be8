#pragma once
// The data of a report's page: the points as they were recorded, and what was worked out from them.

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "experiments/report/results_input.h"

namespace skerry::experiments {

/// One object for the page's script:
///   targets      the recalls that curves are read at
///   directories  {path, superseded, torn}
///   varying      columns in which points differ: {name, stage}; `dataset` and `directory` stand
///                beside those of `config` when there are several
///   points       {directory, record (unchanged), queries?: {latency: [[share, microseconds]..],
///                recall: [low, high]}}
///   curves       {points: [places], at: [{qps, distances}..]}, a number or null per target
///   noise        null, or what points cost when they were measured twice: {pairs, qps_median,
///                qps_max} as ratios of 1 or more, and {differing}: points whose counts changed
///   failures     as recorded
///   warnings     sentences
nlohmann::ordered_json page_data(const ResultsInput& input, std::span<const double> targets);

/// What the reader should know before any number: mixed machines, commits or data sets, torn files,
/// graphs whose recall or work depends on the store.
std::vector<std::string> warnings_of(const ResultsInput& input);

}  // namespace skerry::experiments
