#include "experiments/part_source.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/bytes.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

namespace {

std::filesystem::path source_file(const std::filesystem::path& part) {
  return part.string() + ".source";
}

}  // namespace

PartSource read_part_source(const std::filesystem::path& part) {
  std::ifstream file(source_file(part));
  const auto json = nlohmann::json::parse(file, nullptr, false);
  PartSource source;
  if (!json.is_object() || !json.contains("url") || !json["url"].is_string() ||
      !json.contains("validator") || !json["validator"].is_string() || !json.contains("total") ||
      !json["total"].is_number_unsigned()) {
    return source;
  }
  json["url"].get_to(source.url);
  json["validator"].get_to(source.validator);
  json["total"].get_to(source.total);
  return source;
}

void write_part_source(const std::filesystem::path& part, const PartSource& source) {
  const nlohmann::json json{
      {"url", source.url}, {"validator", source.validator}, {"total", source.total}};
  // Bytes of an older file must not come to stand under the new one's name.
  std::error_code absent;
  std::filesystem::remove(part, absent);
  OutputFile file(source_file(part));
  file.write(as_bytes(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  file.commit();
}

void forget_download(const std::filesystem::path& part) {
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  std::filesystem::remove(source_file(part), ignored);
}

}  // namespace skerry::experiments
