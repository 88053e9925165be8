#pragma once
// Spec strings: how configs, the command line and other languages name a policy or codec.
//
//   spec  := name | name '(' [arg {',' arg}] ')'
//   arg   := value | key '=' value
//   value := spec | number [unit] | true | false
//   unit  := KiB | MiB | GiB
//
// Positional arguments come first, in the declared order of the policy's parameters.
// Examples: `hnsw`, `hnsw(keep_pruned=true)`, `robust_prune(1.2, passes=2)`, `geometric(ml=auto)`.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skerry {

/// One declared parameter of a policy.
struct Parameter {
  std::string_view name;
  std::string_view type;           ///< "bool", "int", "real", "word" or "spec"
  std::string_view default_value;  ///< as it would be spelt
  std::string_view description;    ///< with range and unit
};

/// One of the names that may stand where a spec is asked for.
struct SpecKind {
  std::string_view name;
  std::string_view description;  ///< one line for people
  std::span<const Parameter> parameters;
};

/// A parsed spec. Values keep their spelling.
struct Spec {
  struct Argument {
    std::string key;  ///< empty when positional
    std::string value;
  };

  std::string name;
  std::vector<Argument> arguments;

  /// Throws Error{invalid_argument} that quotes the text and points at the fault.
  static Spec parse(std::string_view text);
};

/// The arguments of a spec bound to declared parameters: every value checked for being known and
/// given once. Reading one with the wrong type or outside [low, high] throws
/// Error{invalid_argument} that names policy, parameter, value and what would be right.
class Arguments {
 public:
  Arguments(const Spec& spec, std::span<const Parameter> parameters);

  bool boolean(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t low, std::int64_t high) const;
  double real(std::string_view name, double low, double high) const;

  /// The value as spelt (or the default).
  const std::string& word(std::string_view name) const;

  /// Whether the value is spelt exactly `word` (for values such as `auto`).
  bool is(std::string_view name, std::string_view word) const;

  /// The shortest spec that means the same: by name, in declared order, without the values that are
  /// the defaults, without blanks, numbers in their shortest form. Specs inside keep their
  /// arguments.
  std::string canonical() const;

 private:
  std::string policy_;
  std::span<const Parameter> parameters_;
  std::vector<std::string> values_;
};

/// The candidate nearest to `word` in edit distance, or "" when none is near enough to suggest.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "unknown KIND `word`; did you mean `x`? Known: a, b, c" (the question only when one is near).
std::string unknown_name(std::string_view kind, std::string_view word,
                         std::span<const std::string_view> known);

}  // namespace skerry
