#include "experiments/dataset_get.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "experiments/formats/input_file.h"
#include "experiments/formats/sources.h"
#include "experiments/part_source.h"
#include "experiments/sha256.h"
#include "experiments/table.h"
#include "experiments/tar_archive.h"

namespace skerry::experiments {

namespace {

namespace fs = std::filesystem;

/// What a file must hold; 0: whatever it says.
struct Shape {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t queries = 0;
};

/// "a/base.part.fbin" of "a/base.fbin": readers go by the extension.
fs::path part_of(const fs::path& file) {
  return file.parent_path() / (file.stem().string() + ".part" + file.extension().string());
}

void make_directory(const fs::path& directory) {
  std::error_code failure;
  fs::create_directories(directory, failure);
  if (!failure) return;
  throw Error(Code::io, fmt::format("cannot be created: {}", failure.message()),
              {.path = directory.string()});
}

void say(const GetOptions& options, const std::string& line) {
  if (options.say) options.say(line);
}

void check_shape(const fs::path& part, const Shape& shape) {
  const DatasetInfo found = dataset_info({.path = part.string()});
  const auto fits = [](std::size_t expected, std::size_t value) {
    return expected == 0 || expected == value;
  };
  if (fits(shape.rows, found.rows) && fits(shape.columns, found.dimension) &&
      fits(shape.queries, found.queries)) {
    return;
  }
  const auto text = [](std::size_t rows, std::size_t columns, std::size_t queries) {
    return fmt::format("{} x {}, {} queries", rows, columns, queries);
  };
  throw Error(Code::mismatch, "the file does not hold what it should",
              {.path = part.string(),
               .expected = text(shape.rows, shape.columns, shape.queries),
               .found = text(found.rows, found.dimension, found.queries)});
}

/// Turns a part whose bytes are complete into the file; or removes it, and says why.
template <class Check>
void finish(const fs::path& file, const GetOptions& options, const Check& check) {
  const fs::path part = part_of(file);
  try {
    check(part);
  } catch (const Error& error) {
    forget_download(part);
    // What is wrong with the content is no mistake in the request.
    const Code code = error.code() == Code::invalid_argument ? Code::corrupt : error.code();
    throw Error(code, fmt::format("{} is refused: {}", file.string(), error.what()));
  }
  std::error_code failure;
  fs::rename(part, file, failure);
  if (failure) {
    throw Error(Code::io, fmt::format("cannot be renamed: {}", failure.message()),
                {.path = part.string()});
  }
  forget_download(part);
  say(options, fmt::format("{}: {} bytes", file.string(), grouped(fs::file_size(file))));
}

/// big-ann-benchmarks: the head of a file's beginning still counts the rows of the whole.
void cut_to_rows(const fs::path& part, std::size_t rows, std::size_t columns) {
  std::array<std::uint32_t, 2> head{};
  InputFile(part.string()).read_at(0, reinterpret_cast<std::byte*>(head.data()), sizeof(head));
  if (head[0] < rows || head[1] != columns) {
    throw Error(Code::mismatch, "the file does not hold what it should",
                {.path = part.string(),
                 .expected = fmt::format("at least {} x {}", rows, columns),
                 .found = fmt::format("{} x {}", head[0], head[1])});
  }
  head[0] = static_cast<std::uint32_t>(rows);
  std::fstream file(part, std::ios::in | std::ios::out | std::ios::binary);
  file.write(reinterpret_cast<const char*>(head.data()), sizeof(head));
  file.close();
  if (!file) throw Error(Code::io, "cannot be written", {.path = part.string()});
}

struct Piece {
  const CatalogueFile* remote;
  fs::path file;
  Shape shape;
};

/// Small files first: a mistake shows before gigabytes have come.
std::vector<Piece> missing_pieces(const CatalogueEntry& entry, const DatasetRequest& files) {
  std::vector<Piece> pieces;
  const auto add = [&](const CatalogueFile& remote, const std::string& file, const Shape& shape) {
    std::error_code unreadable;
    if (!remote.url.empty() && !fs::exists(file, unreadable)) {
      pieces.push_back({&remote, file, shape});
    }
  };
  const bool apart = !entry.test.url.empty();
  add(entry.test, files.queries, {entry.queries, entry.d, 0});
  add(entry.truth, files.neighbors, {entry.queries, 0, 0});
  add(entry.train, files.path, {entry.n, entry.d, apart ? 0 : entry.queries});
  return pieces;
}

void get_piece(const CatalogueEntry& entry, const Piece& piece, const GetOptions& options) {
  const std::size_t component = entry.format == "fbin" ? 4 : 1;
  const std::size_t rows = piece.remote->first_rows;
  const Download wanted{.url = std::string(piece.remote->url),
                        .part = part_of(piece.file),
                        .bytes = piece.remote->bytes,
                        .first_bytes = rows == 0 ? 0 : 8 + rows * entry.d * component};
  download(wanted, options.limits, options.progress);
  finish(piece.file, options, [&](const fs::path& part) {
    if (rows != 0) cut_to_rows(part, rows, entry.d);
    check_shape(part, piece.shape);
  });
}

void get_archive(const CatalogueEntry& entry, const std::vector<Piece>& pieces,
                 const fs::path& folder, const GetOptions& options) {
  const fs::path archive = folder / file_name_of_url(std::string(entry.archive));
  download({.url = std::string(entry.archive), .part = archive}, options.limits, options.progress);
  std::vector<Member> members;
  for (const Piece& piece : pieces) {
    members.push_back({std::string(piece.remote->url), part_of(piece.file)});
  }
  try {
    extract_members(archive, members);
  } catch (const Error& error) {
    for (const Member& member : members) forget_download(member.target);
    if (error.code() == Code::corrupt) forget_download(archive);
    throw;
  }
  for (const Piece& piece : pieces) {
    finish(piece.file, options, [&](const fs::path& part) { check_shape(part, piece.shape); });
  }
  forget_download(archive);
}

}  // namespace

DatasetRequest get_dataset(const CatalogueEntry& entry, const GetOptions& options) {
  if (entry.train.url.empty()) {
    throw Error(Code::unsupported,
                fmt::format("`{}` cannot be fetched: {}; docs/datasets.md says how", entry.name,
                            entry.note));
  }
  const DatasetRequest files = catalogue_files(entry, options.directory);
  const std::vector<Piece> pieces = missing_pieces(entry, files);
  if (pieces.empty()) return files;
  const fs::path folder = fs::path(files.path).parent_path();
  make_directory(folder);
  if (!entry.archive.empty()) {
    get_archive(entry, pieces, folder, options);
  } else {
    for (const Piece& piece : pieces) get_piece(entry, piece, options);
  }
  return files;
}

fs::path get_url(const std::string& url, const std::string& sha256, std::uint64_t bytes,
                 const GetOptions& options) {
  const std::string name = file_name_of_url(url);
  format_of(name);
  const fs::path file = options.directory / name;
  std::error_code unreadable;
  if (fs::exists(file, unreadable)) {
    throw Error(Code::invalid_argument, "the file is there already; remove it to fetch it anew",
                {.path = file.string()});
  }
  make_directory(options.directory);
  download({.url = url, .part = part_of(file), .bytes = bytes}, options.limits, options.progress);
  std::string found;
  finish(file, options, [&](const fs::path& part) {
    found = sha256_of(part);
    if (!sha256.empty() && found != sha256) {
      throw Error(Code::mismatch, "the file has another SHA-256",
                  {.expected = sha256, .found = found});
    }
    check_shape(part, {});
  });
  say(options, fmt::format("SHA-256 {}", found));
  return file;
}

}  // namespace skerry::experiments
