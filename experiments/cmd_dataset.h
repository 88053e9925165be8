#pragma once
// `skerry dataset`: lists, fetches and describes data sets, computes their ground truth, converts
// their files.

#include <span>
#include <string>

namespace skerry::experiments {

/// `arguments` begin with list, get, info, groundtruth, hardness or convert. Returns the exit code.
/// Throws Error.
int dataset_command(std::span<const std::string> arguments);

}  // namespace skerry::experiments
