#include "experiments/report/point_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/record_set.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

namespace {

/// Throws unless `word` is one of `known`.
void check_known(std::string_view given_as, std::string_view kind, const std::string& word,
                 const std::set<std::string>& known) {
  if (known.contains(word)) return;
  const std::vector<std::string_view> names(known.begin(), known.end());
  throw Error(Code::invalid_argument,
              fmt::format("{}: {}", given_as, unknown_name(kind, word, names)));
}

void check_term(std::string_view given_as, const std::string& column, const std::string& value,
                const std::vector<ordered_json>& records) {
  std::set<std::string> columns;
  std::set<std::string> values;
  for (const ordered_json& record : records) {
    for (const auto& [name, ignored] : record.at("config").items()) columns.insert(name);
    values.insert(config_spelling(record, column));
  }
  check_known(given_as, "column", column, columns);
  check_known(given_as, "value of " + column, value, values);
}

}  // namespace

PointFilter::PointFilter(const std::string& expression, const std::vector<ordered_json>& records,
                         std::string_view given_as) {
  std::string_view rest = expression;
  while (true) {
    const std::string_view term = rest.substr(0, rest.find('&'));
    const std::size_t equals = term.find('=');
    if (equals == term.npos || equals == 0) {
      throw Error(Code::invalid_argument,
                  fmt::format("{}: `{}` is no term; write COLUMN=VALUE, several joined by `&`",
                              given_as, term));
    }
    terms_.push_back({std::string(term.substr(0, equals)), std::string(term.substr(equals + 1))});
    check_term(given_as, terms_.back().column, terms_.back().value, records);
    if (term.size() == rest.size()) return;
    rest.remove_prefix(term.size() + 1);
  }
}

bool PointFilter::selects(const ordered_json& record) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return config_spelling(record, term.column) == term.value;
  });
}

}  // namespace skerry::experiments
