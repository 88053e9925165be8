#pragma once
// All keys of a config that may be axes, in one table: names, ranges, defaults, where they count.
// Reading, planning, help texts and results all follow from it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace skerry::experiments {

/// One value of a key: a whole number, or a word or spec as it was spelt.
using Value = std::variant<std::int64_t, std::string>;

/// The value as a config spells it, without quotes.
std::string spelling(const Value& value);

/// What has to be done again when a key changes.
enum class Stage : std::uint8_t { graph, layout, search };

struct Key {
  std::string_view table;   ///< "build" or "search"
  std::string_view name;    ///< in its table
  std::string_view column;  ///< in the flat `config` object of results
  Stage stage;
  bool is_number;
  std::string_view default_value;  ///< as spelt; empty: the key is required
  std::string_view description;
  std::int64_t low = 0;  ///< range of a number
  std::int64_t high = 0;
  std::span<const std::string_view> known{};  ///< all words that this release implements, or
  /// what throws Error{invalid_argument} for a word that names nothing in this build.
  void (*check)(std::string_view word) = nullptr;
};

/// The table, in the order in which keys are listed to people and nested as axes.
std::span<const Key> keys();

/// Place of a key in keys(), by its column.
std::size_t key_at(std::string_view column);

/// The key that a reference in a number key of `table` means: a number key of the same table, else
/// one of "build". Throws Error{invalid_argument} that names the nearest and lists the rest.
std::size_t referred_key(std::string_view table, std::string_view name);

/// The names of one table's keys ("build", "search", "dataset").
std::vector<std::string_view> key_names(std::string_view table);

/// Throws Error{invalid_argument} that names the key, the value and what would be right. A text in
/// a number key must be a reference to a key that exists.
void check_value(const Key& key, const Value& value);

/// One value for every key, in the order of keys().
class Settings {
 public:
  Settings() = default;

  explicit Settings(std::vector<Value> values) : values_(std::move(values)) {}

  const Value& operator[](std::size_t key) const { return values_[key]; }

  void set(std::string_view column, Value value) { values_[key_at(column)] = std::move(value); }

  std::int64_t number(std::string_view column) const {
    return std::get<std::int64_t>(values_[key_at(column)]);
  }

  const std::string& word(std::string_view column) const {
    return std::get<std::string>(values_[key_at(column)]);
  }

  /// `column=value` of all keys up to `last`, values canonical (canonical.h), blank-separated:
  /// equal texts, equal work.
  std::string text(Stage last) const;

  friend bool operator==(const Settings&, const Settings&) = default;

 private:
  std::vector<Value> values_;
};

}  // namespace skerry::experiments
