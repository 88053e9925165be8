#include "base/size.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"

namespace skerry {

std::uint64_t parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const unsigned shift = unit.empty() || unit == "B" ? 0
                         : unit == "KiB"             ? 10
                         : unit == "MiB"             ? 20
                         : unit == "GiB"             ? 30
                                                     : 64;
  if (error != std::errc() || shift == 64 || number == 0 || number > (~std::uint64_t{0} >> shift)) {
    throw Error(Code::invalid_argument,
                fmt::format("`{}` is not a size; it must be a number with KiB, MiB or GiB, such as "
                            "256MiB",
                            text));
  }
  return number << shift;
}

}  // namespace skerry
