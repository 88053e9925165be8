#pragma once
// The texts that may stand in a number key: ranges, which are many values, and references, whose
// value another key gives.
//
//   range     := LOW '..' HIGH                 LOW, LOW + 1, ..., HIGH
//              | LOW '..' HIGH ':' STEP        LOW, LOW + STEP, ... up to HIGH
//              | LOW '..' HIGH '*' FACTOR      LOW, LOW * FACTOR, ... up to HIGH
//   reference := [FACTOR '*'] KEY
//
// HIGH is a value only if the sequence hits it. Blanks around the parts are allowed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::experiments {

/// Most values that one range may stand for.
inline constexpr std::size_t max_range_values = 100'000;

/// The values of a range; nothing when the text has no "..", so that it is none. Throws
/// Error{invalid_argument} for a range that is misspelt, runs down (LOW > HIGH), has STEP < 1 or
/// FACTOR < 2, starts a geometric sequence below 1, or has too many values.
std::optional<std::vector<std::int64_t>> parse_range(std::string_view text);

struct Reference {
  std::int64_t factor = 1;
  std::string key;

  /// "2*M", or "M" for factor 1.
  std::string text() const;
};

/// Nothing when the text is not a reference in form. Whether the key exists is not asked.
std::optional<Reference> parse_reference(std::string_view text);

}  // namespace skerry::experiments
