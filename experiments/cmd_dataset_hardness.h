#pragma once
// `skerry dataset hardness`.

#include "experiments/command_line.h"
#include "experiments/dataset.h"

namespace skerry::experiments {

extern const Command hardness_command;

/// Returns the exit code. Throws Error.
int print_hardness(const Parsed& parsed, const Dataset& dataset, const distance::Metric& metric,
                   unsigned threads);

}  // namespace skerry::experiments
