#pragma once
// `skerry dataset list` and `skerry dataset get`.

#include "experiments/command_line.h"

namespace skerry::experiments {

extern const Command list_datasets;
extern const Command get_dataset_command;

/// Returns the exit code. Throws Error.
int run_list_datasets(const Parsed& parsed);

/// The same. A download that fails is no mistake of the user's: exit code 1, with one line on
/// stderr; 128 + signal when it was interrupted.
int run_get_dataset(const Parsed& parsed);

}  // namespace skerry::experiments
