#pragma once
// From what stands in a config file to its axes, zips and excludes, for config.cc.

#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "experiments/config.h"
#include "experiments/toml_file.h"

namespace skerry::experiments {

/// Error{invalid_argument} that begins with the place.
Error wrong_at(std::string_view place, std::string_view what);

/// "a whole number", "a boolean", ...
std::string_view type_name(const TomlScalar& scalar);

[[noreturn]] void unknown_key(const TomlEntry& entry, std::span<const std::string_view> known);

Axes default_axes();

/// Replaces the axis that the entry names, and takes it out of any zip. A value given twice stays
/// twice until settle_axes(), since a zip may pair it with two others.
void read_axis(const TomlEntry& entry, Axes& axes);

/// Joins the axes of each zip. Throws for fewer than two keys, an unknown one, one of two zips, or
/// lists of different lengths (names both).
void read_zips(std::span<const TomlZip> zips, Axes& axes);

/// Checks the zips once all axes are read, and drops repeated values of axes outside zips.
void settle_axes(Axes& axes);

Exclude read_exclude(const TomlTable& table);

}  // namespace skerry::experiments
