#include "experiments/value_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include "base/error.h"

namespace skerry::experiments {

namespace {

std::string_view strip(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  text = strip(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_name(std::string_view text) {
  const auto letter = [](unsigned char c) { return std::isalpha(c) || c == '_'; };
  return !text.empty() && letter(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(),
                     [&](unsigned char c) { return letter(c) || std::isdigit(c); });
}

}  // namespace

std::optional<std::vector<std::int64_t>> parse_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto wrong = [&](std::string_view why) {
    return Error(Code::invalid_argument,
                 fmt::format("\"{}\" is not a range: {}; write LOW..HIGH, LOW..HIGH:STEP or "
                             "LOW..HIGH*FACTOR, as in \"8..64:8\" or \"10..640*2\"",
                             text, why));
  };
  const std::string_view rest = text.substr(dots + 2);
  const std::size_t sign = rest.find_first_of(":*");
  const auto low = parse_number(text.substr(0, dots));
  const auto high = parse_number(rest.substr(0, sign));
  if (!low || !high) throw wrong("its ends must be whole numbers");
  if (*low > *high) throw wrong("its low end is above its high end");
  const bool geometric = sign != std::string_view::npos && rest[sign] == '*';
  std::int64_t by = 1;
  if (sign != std::string_view::npos) {
    const auto given = parse_number(rest.substr(sign + 1));
    const std::int64_t least = geometric ? 2 : 1;
    if (!given || *given < least) {
      throw wrong(fmt::format("its {} must be a whole number of at least {}",
                              geometric ? "factor" : "step", least));
    }
    by = *given;
  }
  if (geometric && *low < 1) throw wrong("a geometric range starts at 1 or above");
  std::vector<std::int64_t> values;
  for (std::int64_t value = *low;;) {
    if (values.size() == max_range_values) {
      throw wrong(fmt::format("it has more than {} values", max_range_values));
    }
    values.push_back(value);
    // Asked before the step is taken, so that it cannot overflow; the difference of two int64 can.
    const auto left = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(value);
    if (geometric ? value > *high / by : left < static_cast<std::uint64_t>(by)) return values;
    value = geometric ? value * by : value + by;
  }
}

std::string Reference::text() const {
  return factor == 1 ? key : fmt::format("{}*{}", factor, key);
}

std::optional<Reference> parse_reference(std::string_view text) {
  Reference reference;
  if (const std::size_t star = text.find('*'); star != std::string_view::npos) {
    const auto factor = parse_number(text.substr(0, star));
    if (!factor || *factor < 1) return std::nullopt;
    reference.factor = *factor;
    text = text.substr(star + 1);
  }
  text = strip(text);
  if (!is_name(text)) return std::nullopt;
  reference.key = text;
  return reference;
}

}  // namespace skerry::experiments
