#include "experiments/response_head.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace skerry::experiments {

namespace {

void read_number(std::string_view text, std::uint64_t& out) {
  std::from_chars(text.data(), text.data() + text.size(), out);
}

}  // namespace

void ResponseHead::read(std::string_view line) {
  if (line.starts_with("HTTP/")) *this = {};
  const std::size_t colon = line.find(':');
  if (colon == line.npos) return;
  std::string name(line.substr(0, colon));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string_view value = line.substr(colon + 1);
  constexpr std::string_view blanks = " \t\r\n";
  value.remove_prefix(std::min(value.find_first_not_of(blanks), value.size()));
  value = value.substr(0, value.find_last_not_of(blanks) + 1);
  if (name == "etag") etag = value;
  if (name == "last-modified") last_modified = value;
  constexpr std::string_view unit = "bytes ";
  if (name == "content-range" && value.starts_with(unit)) {  // bytes 5-9/10, bytes */10
    value.remove_prefix(unit.size());
    read_number(value, range_start);
    const std::size_t slash = value.find('/');
    if (slash != value.npos) read_number(value.substr(slash + 1), range_total);
  }
}

const std::string& ResponseHead::validator() const {
  return etag.empty() || etag.starts_with("W/") ? last_modified : etag;
}

bool ResponseHead::continues(const PartSource& source, std::uint64_t at) const {
  if (range_start != at) return false;
  if (at == 0) return true;
  const bool same_length = source.total == 0 || range_total == 0 || range_total == source.total;
  return same_length && (validator().empty() || validator() == source.validator);
}

}  // namespace skerry::experiments
