#pragma once
// Which points an expression selects.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::experiments {

/// COLUMN=VALUE terms joined by `&`, all of which must hold. Columns are those of `config`, values
/// as a config spells them.
class PointFilter {
 public:
  /// Every column must be in one of the records at least, and every value must be one that the
  /// column has there. Throws Error{invalid_argument} that begins with `given_as`, names the
  /// nearest and lists the rest.
  PointFilter(const std::string& expression, const std::vector<nlohmann::ordered_json>& records,
              std::string_view given_as = "--only");

  bool selects(const nlohmann::ordered_json& record) const;

 private:
  struct Term {
    std::string column;
    std::string value;
  };

  std::vector<Term> terms_;
};

}  // namespace skerry::experiments
