#include "experiments/run_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "base/bytes.h"
#include "base/error.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

using nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

Error file_error(std::string_view what, const fs::path& path) {
  return {errno == ENOSPC ? Code::no_space : Code::io,
          fmt::format("{}: {}", what, std::generic_category().message(errno)),
          {.path = path.string()}};
}

}  // namespace

std::vector<ordered_json> read_json_lines(const fs::path& path) {
  std::vector<ordered_json> objects;
  if (!fs::exists(path)) return objects;
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) throw file_error("cannot read", path);
  std::size_t number = 0;
  std::size_t at = 0;
  for (std::size_t end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    ++number;
    ordered_json object =
        ordered_json::parse(text.begin() + static_cast<std::ptrdiff_t>(at),
                            text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!object.is_object()) {
      throw Error(Code::corrupt,
                  fmt::format("{}:{}: this line is not a JSON object", path.string(), number));
    }
    objects.push_back(std::move(object));
  }
  return objects;
}

void mend_tail(int file, const fs::path& path) {
  struct stat status {};

  if (::fstat(file, &status) != 0) throw file_error("cannot read", path);
  std::string tail;
  off_t at = status.st_size;
  while (at > 0 && tail.find('\n') == std::string::npos) {
    const off_t from = std::max<off_t>(0, at - 65536);
    std::string piece(static_cast<std::size_t>(at - from), '\0');
    if (::pread(file, piece.data(), piece.size(), from) != static_cast<ssize_t>(piece.size())) {
      throw file_error("cannot read", path);
    }
    tail.insert(0, piece);
    at = from;
  }
  const std::string last = tail.substr(tail.rfind('\n') + 1);
  if (last.empty()) return;
  const bool whole = ordered_json::accept(last);
  if (whole ? ::write(file, "\n", 1) != 1
            : ::ftruncate(file, status.st_size - static_cast<off_t>(last.size())) != 0) {
    throw file_error("cannot mend the last line", path);
  }
}

void append_json_line(const fs::path& path, const ordered_json& object) {
  const std::string line = object.dump() + "\n";
  const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) throw file_error("cannot open", path);
  try {
    mend_tail(file, path);
  } catch (...) {
    ::close(file);
    throw;
  }
  const bool written =
      ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
      ::fdatasync(file) == 0;
  const Error failure = file_error("cannot write", path);
  ::close(file);
  if (!written) throw failure;
}

void replace_json_lines(const fs::path& path, const std::vector<ordered_json>& objects) {
  if (objects.empty()) {
    std::error_code failure;
    fs::remove(path, failure);
    if (failure) throw Error(Code::io, failure.message(), {.path = path.string()});
    return;
  }
  OutputFile file(path);
  for (const ordered_json& object : objects) file.write(as_bytes(object.dump() + "\n"));
  file.commit();
}

void remove_orphans(const fs::path& directory, const std::set<std::string>& points) {
  std::error_code failure;
  for (const char* folder : {"queries", "neighbours"}) {
    if (!fs::is_directory(directory / folder)) continue;
    for (const auto& entry : fs::directory_iterator(directory / folder, failure)) {
      const std::string name = entry.path().filename().string();
      if (!points.contains(name.substr(0, name.find('.')))) fs::remove(entry.path(), failure);
    }
  }
  if (failure) throw Error(Code::io, failure.message(), {.path = directory.string()});
}

bool is_running(const fs::path& directory) {
  const int file = ::open((directory / "results.jsonl").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = ::flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(file);
  return held;
}

}  // namespace skerry::experiments
