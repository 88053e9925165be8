#pragma once

#include <functional>

namespace skerry::distance {

/// Calls `check` once for every instruction set that this machine has, with kernels chosen for it.
void on_every_target(const std::function<void()>& check);

}  // namespace skerry::distance
