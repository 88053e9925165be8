#include "base/spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"

namespace skerry {

namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_name(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// Recursive descent over one spec string; every failure quotes it and gives the column.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Spec parse() {
    Spec spec = read_spec();
    skip_space();
    if (at_ != text_.size()) fail("the end");
    return spec;
  }

 private:
  [[noreturn]] void fail(std::string_view expected) const {
    const std::string found = at_ == text_.size() ? "the end" : quoted(text_[at_]);
    throw Error(Code::invalid_argument, fmt::format("`{}` is not a spec: expected {} at column {}, "
                                                    "found {}",
                                                    text_, expected, at_ + 1, found));
  }

  /// One byte of a longer UTF-8 sequence would make the message invalid UTF-8.
  static std::string quoted(char c) {
    return c >= ' ' && c <= '~' ? fmt::format("`{}`", c)
                                : fmt::format("byte 0x{:02x}", static_cast<unsigned char>(c));
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string read_name() {
    skip_space();
    const std::size_t start = at_;
    if (at_ == text_.size() || !is_name_start(text_[at_])) fail("a name");
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  /// Leaves the text of a value in its spelling, without the space around it.
  std::string read_value() {
    skip_space();
    const std::size_t start = at_;
    if (at_ < text_.size() && is_name_start(text_[at_])) {
      if (++depth_ > 16) fail("at most 16 nested specs");
      read_spec();
      --depth_;
    } else {
      double number = 0;
      const char* const begin = text_.data() + start;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
      if (error != std::errc()) fail("a value");
      at_ += static_cast<std::size_t>(end - begin);
      for (const std::string_view unit : {"KiB", "MiB", "GiB"}) {
        if (text_.substr(at_).starts_with(unit)) {
          at_ += unit.size();
          break;
        }
      }
    }
    return std::string(text_.substr(start, at_ - start));
  }

  Spec read_spec() {
    Spec spec;
    spec.name = read_name();
    const std::size_t after_name = at_;
    if (!take('(')) {
      at_ = after_name;
      return spec;
    }
    if (take(')')) return spec;
    do {
      skip_space();
      const std::size_t start = at_;
      Spec::Argument argument;
      if (at_ < text_.size() && is_name_start(text_[at_])) {
        argument.key = read_name();
        if (!take('=')) {
          argument.key.clear();
          at_ = start;
        }
      }
      argument.value = read_value();
      if (argument.key.empty() && !spec.arguments.empty() && !spec.arguments.back().key.empty()) {
        at_ = start;
        fail("`name=value` after a named argument");
      }
      spec.arguments.push_back(std::move(argument));
    } while (take(','));
    if (!take(')')) fail("`,` or `)`");
    return spec;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

/// Edits (insert, erase, replace, swap of neighbours) from `a` to `b`: optimal string alignment.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

template <class Number>
bool read_number(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

/// One spelling of a value of a type; what is no number of that type (`auto`) keeps its own.
std::string canonical_value(std::string text, std::string_view type) {
  std::int64_t whole = 0;
  double real = 0;
  if (type == "int" && read_number(text, whole)) return std::to_string(whole);
  if (type == "real" && read_number(text, real)) return fmt::format("{}", real);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
  return text;
}

}  // namespace

Spec Spec::parse(std::string_view text) { return Parser(text).parse(); }

Arguments::Arguments(const Spec& spec, std::span<const Parameter> parameters)
    : policy_(spec.name), parameters_(parameters) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : parameters) {
    names.push_back(parameter.name);
    values_.emplace_back(parameter.default_value);
  }
  std::vector<bool> given(parameters.size(), false);
  for (std::size_t i = 0; i < spec.arguments.size(); ++i) {
    const Spec::Argument& argument = spec.arguments[i];
    std::size_t place = i;
    if (!argument.key.empty()) {
      const auto found = std::find(names.begin(), names.end(), argument.key);
      if (found == names.end()) {
        throw Error(Code::invalid_argument,
                    unknown_name(fmt::format("parameter of `{}`", policy_), argument.key, names));
      }
      place = static_cast<std::size_t>(found - names.begin());
    } else if (place >= names.size()) {
      throw Error(Code::invalid_argument,
                  fmt::format("`{}` takes {} argument{}, `{}` is one too many", policy_,
                              names.size(), names.size() == 1 ? "" : "s", argument.value));
    }
    if (given[place]) {
      throw Error(Code::invalid_argument,
                  fmt::format("`{}`: parameter `{}` is given twice", policy_, names[place]));
    }
    given[place] = true;
    values_[place] = argument.value;
  }
}

const std::string& Arguments::word(std::string_view name) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (parameters_[i].name == name) return values_[i];
  }
  throw Error(Code::invalid_argument,
              fmt::format("`{}` declares no parameter `{}`", policy_, name));
}

bool Arguments::is(std::string_view name, std::string_view word) const {
  return this->word(name) == word;
}

bool Arguments::boolean(std::string_view name) const {
  const std::string& text = word(name);
  if (text == "true") return true;
  if (text == "false") return false;
  throw Error(Code::invalid_argument,
              fmt::format("`{}`: parameter `{}` is `{}`; it must be true or "
                          "false",
                          policy_, name, text));
}

std::int64_t Arguments::integer(std::string_view name, std::int64_t low, std::int64_t high) const {
  std::int64_t value = 0;
  if (!read_number(word(name), value) || value < low || value > high) {
    throw Error(Code::invalid_argument,
                fmt::format("`{}`: parameter `{}` is `{}`; it must be a whole number in {}..{}",
                            policy_, name, word(name), low, high));
  }
  return value;
}

double Arguments::real(std::string_view name, double low, double high) const {
  double value = 0;
  if (!read_number(word(name), value) || !(value >= low && value <= high)) {
    throw Error(Code::invalid_argument,
                fmt::format("`{}`: parameter `{}` is `{}`; it must be a number in {}..{}", policy_,
                            name, word(name), low, high));
  }
  return value;
}

std::string Arguments::canonical() const {
  std::string arguments;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    const std::string value = canonical_value(values_[i], parameter.type);
    if (value == canonical_value(std::string(parameter.default_value), parameter.type)) continue;
    arguments += fmt::format("{}{}={}", arguments.empty() ? "" : ", ", parameter.name, value);
  }
  return arguments.empty() ? policy_ : fmt::format("{}({})", policy_, arguments);
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  // About a third of the word may be wrong, and a swap or a slip in any.
  std::size_t best_edits = (word.size() < 4 ? 1 : word.size() / 3 + 1) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edits(word, candidate);
    if (distance < best_edits) {
      best = candidate;
      best_edits = distance;
    }
  }
  return best;
}

std::string unknown_name(std::string_view kind, std::string_view word,
                         std::span<const std::string_view> known) {
  const std::string_view near = nearest(word, known);
  return fmt::format(
      "unknown {} `{}`{} Known: {}", kind, word,
      near.empty() ? std::string(".") : fmt::format("; did you mean `{}`?", near),
      known.empty() ? std::string("none") : fmt::format("{}", fmt::join(known, ", ")));
}

}  // namespace skerry
