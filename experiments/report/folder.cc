#include "experiments/report/folder.h"

#include <system_error>

#include "base/error.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

void make_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (!failure && std::filesystem::is_directory(folder, failure)) return;
  throw Error(Code::io, "cannot make the folder: " + failure.message(), {.path = folder.string()});
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  OutputFile output(file);
  output.write(as_bytes(text));
  output.commit();
}

}  // namespace skerry::experiments
