#pragma once
// Fields of records that may be missing, or be anything: files may come from another release.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace skerry::experiments {

/// The number record[group][field], if there is one.
inline std::optional<double> number_at(const nlohmann::ordered_json& record, const char* group,
                                       const char* field) {
  const auto object = record.find(group);
  if (object == record.end() || !object->is_object()) return std::nullopt;
  const auto value = object->find(field);
  if (value == object->end() || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

/// The text record[group][field], empty when there is none.
inline std::string text_at(const nlohmann::ordered_json& record, const char* group,
                           const char* field) {
  const auto object = record.find(group);
  if (object == record.end() || !object->is_object()) return "";
  const auto value = object->find(field);
  return value != object->end() && value->is_string() ? value->get<std::string>() : "";
}

}  // namespace skerry::experiments
