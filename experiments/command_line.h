#pragma once
// Options of one subcommand, parsed and described.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::experiments {

struct Option {
  std::string_view name;      ///< long form, without dashes
  std::string_view letter{};  ///< short form, or empty
  std::string_view value{};   ///< what it takes, for help; empty: a flag
  std::string_view default_value{};
  std::string_view description;
};

struct Command {
  std::string_view usage;    ///< "skerry run CONFIG [options]"
  std::string_view summary;  ///< one paragraph
  std::span<const Option> options;
  std::size_t min_positional = 0;
  std::size_t max_positional = 0;
  std::string_view epilogue{};  ///< of the help
};

class Parsed {
 public:
  /// Whether help was asked for; nothing else was checked then.
  bool help = false;
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>, std::less<>> values;

  bool has(std::string_view option) const { return values.contains(option); }

  /// The last value given, or the option's default.
  std::string value(std::string_view option) const;

  std::vector<std::string> all(std::string_view option) const;

  const Command* command = nullptr;
};

/// Throws Error{invalid_argument}: an unknown option (names the nearest), a missing value, too few
/// or too many arguments. --help and -h are known to every command.
Parsed parse_command(const Command& command, std::span<const std::string> arguments);

std::string help_text(const Command& command);

/// A whole number in low..high given for an option. Throws Error{invalid_argument}.
std::uint64_t whole_number(std::string_view option, const std::string& text, std::uint64_t low,
                           std::uint64_t high);

}  // namespace skerry::experiments
