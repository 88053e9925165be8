#include "kv/names.h"

#include <algorithm>

#include "base/error.h"

namespace skerry::kv {

bool legal_table_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), allowed);
}

void check_table_name(std::string_view name) {
  if (legal_table_name(name)) return;
  throw Error(
      Code::invalid_argument,
      "a table's name has 1..200 characters of [A-Za-z0-9._-], not `" + std::string(name) + "`");
}

}  // namespace skerry::kv
