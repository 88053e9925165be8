#include "experiments/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/table.h"

namespace skerry::experiments {

namespace {

namespace po = boost::program_options;

Error misuse(const Command& command, std::string_view what) {
  return {Code::invalid_argument, fmt::format("{}; usage: {}", what, command.usage)};
}

po::options_description describe(const Command& command) {
  po::options_description options;
  options.add_options()("help,h", "");
  for (const Option& option : command.options) {
    std::string name(option.name);
    if (!option.letter.empty()) name += fmt::format(",{}", option.letter);
    if (option.value.empty()) {
      options.add_options()(name.c_str(), "");
    } else {
      options.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  return options;
}

}  // namespace

std::string Parsed::value(std::string_view option) const {
  const auto given = values.find(option);
  if (given != values.end()) return given->second.back();
  for (const Option& known : command->options) {
    if (known.name == option) return std::string(known.default_value);
  }
  return "";
}

std::vector<std::string> Parsed::all(std::string_view option) const {
  const auto given = values.find(option);
  return given == values.end() ? std::vector<std::string>{} : given->second;
}

Parsed parse_command(const Command& command, std::span<const std::string> arguments) {
  Parsed parsed;
  parsed.command = &command;
  const po::options_description options = describe(command);
  try {
    // Boost completes `--ke` to `--keep-stores`; an option added later would change its meaning.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options result = po::command_line_parser({arguments.begin(), arguments.end()})
                                          .options(options)
                                          .allow_unregistered()
                                          .style(style)
                                          .run();
    for (const po::option& option : result.options) {
      if (option.unregistered) {
        std::vector<std::string> known = {"--help"};
        for (const Option& each : command.options) known.push_back(fmt::format("--{}", each.name));
        const std::vector<std::string_view> names(known.begin(), known.end());
        throw misuse(command, unknown_name("option", option.original_tokens.front(), names));
      }
      if (option.position_key >= 0 || option.string_key.empty()) {
        parsed.positional.insert(parsed.positional.end(), option.value.begin(), option.value.end());
      } else if (option.string_key == "help") {
        parsed.help = true;
      } else {
        std::vector<std::string>& values = parsed.values[option.string_key];
        values.insert(values.end(), option.value.begin(), option.value.end());
      }
    }
  } catch (const po::error& error) {
    throw misuse(command, error.what());
  }
  if (parsed.help) return parsed;
  if (parsed.positional.size() < command.min_positional) {
    throw misuse(command, "an argument is missing");
  }
  if (parsed.positional.size() > command.max_positional) {
    throw misuse(command, fmt::format("`{}` is one argument too many",
                                      parsed.positional[command.max_positional]));
  }
  return parsed;
}

std::string help_text(const Command& command) {
  Table table({Align::left, Align::left});
  const auto add = [&](const Option& option) {
    std::string name = option.letter.empty() ? "      " : fmt::format("  -{}, ", option.letter);
    name += fmt::format("--{}{}{}", option.name, option.value.empty() ? "" : " ", option.value);
    std::string description(option.description);
    if (!option.default_value.empty()) {
      description += fmt::format(" (default: {})", option.default_value);
    }
    table.add({name, description});
  };
  for (const Option& option : command.options) add(option);
  add({.name = "help", .letter = "h", .description = "this text"});
  std::string text =
      fmt::format("usage: {}\n\n{}\n\n{}", command.usage, command.summary, table.text());
  if (!command.epilogue.empty()) text += fmt::format("\n{}", command.epilogue);
  return text;
}

std::uint64_t whole_number(std::string_view option, const std::string& text, std::uint64_t low,
                           std::uint64_t high) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < low || number > high) {
    throw Error(
        Code::invalid_argument,
        fmt::format("--{} is `{}`; it must be a whole number in {}..{}", option, text, low, high));
  }
  return number;
}

}  // namespace skerry::experiments
