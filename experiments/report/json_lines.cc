#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "experiments/report/results_input.h"

namespace skerry::experiments {

using nlohmann::ordered_json;

std::vector<ordered_json> read_json_lines(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    if (errno == ENOENT) return {};
    throw Error(Code::io, std::generic_category().message(errno), {.path = file.string()});
  }
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  if (stream.bad()) throw Error(Code::io, "cannot read the file", {.path = file.string()});
  std::vector<ordered_json> objects;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    ordered_json object = ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) {
      throw Error(Code::corrupt, fmt::format("{}:{}: this line is not a JSON object", file.string(),
                                             objects.size() + 1));
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace skerry::experiments
