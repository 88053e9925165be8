#include "experiments/query_rows.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/bytes.h"
#include "base/error.h"
#include "experiments/formats/npy.h"
#include "experiments/formats/output_file.h"

namespace skerry::experiments {

namespace {

constexpr std::size_t fixed_bytes = 32;  // of a row, before its latencies
constexpr std::size_t preamble = 10;     // magic, version, length of the header
constexpr std::size_t alignment = 64;    // of the data: numpy.lib.format
constexpr std::string_view before_count = "('latency_ns', '<u4', (";

/// Magic, version, length and dictionary: all before the first row.
std::string header_of(std::size_t repetitions, std::size_t rows) {
  std::string text = fmt::format(
      "{{'descr': [('query', '<u4'), ('hits', '<u2'), ('hits_tie', '<u2'), ('returned', '<u2'), "
      "('pad', '<u2'), ('distances', '<u4'), ('hops', '<u4'), ('gets', '<u4'), ('bytes', '<u8'), "
      "{}{},))], 'fortran_order': False, 'shape': ({},), }}",
      before_count, repetitions, rows);
  text.append(alignment - (preamble + text.size() + 1) % alignment, ' ').push_back('\n');
  std::string header(npy_magic);
  header += {'\1', '\0'};
  header += static_cast<char>(text.size() & 0xFF);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

class Cursor {
 public:
  explicit Cursor(std::byte* at) : at_(at) {}

  template <class T>
  void put(T value) {
    store(at_, value);
    at_ += sizeof(T);
  }

  template <class T>
  void take(T& value) {
    value = load<T>(at_);
    at_ += sizeof(T);
  }

 private:
  std::byte* at_;
};

void put_row(const QueryRow& row, std::byte* to) {
  Cursor cursor(to);
  cursor.put(row.query);
  cursor.put(row.hits);
  cursor.put(row.hits_tie);
  cursor.put(row.returned);
  cursor.put(std::uint16_t{0});
  cursor.put(row.distances);
  cursor.put(row.hops);
  cursor.put(row.gets);
  cursor.put(row.bytes);
  for (const std::uint32_t latency : row.latency_ns) cursor.put(latency);
}

/// False when the padding is not zero.
bool take_row(QueryRow& row, std::byte* from) {
  std::uint16_t pad = 0;
  Cursor cursor(from);
  cursor.take(row.query);
  cursor.take(row.hits);
  cursor.take(row.hits_tie);
  cursor.take(row.returned);
  cursor.take(pad);
  cursor.take(row.distances);
  cursor.take(row.hops);
  cursor.take(row.gets);
  cursor.take(row.bytes);
  for (std::uint32_t& latency : row.latency_ns) cursor.take(latency);
  return pad == 0;
}

std::string read_whole(const std::filesystem::path& path) {
  std::error_code failure;
  const bool exists = std::filesystem::exists(path, failure);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(exists ? Code::io : Code::not_found,
                exists ? "cannot read the per-query rows" : "there are no per-query rows",
                {.path = path.string()});
  }
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) throw Error(Code::io, "cannot read the per-query rows", {.path = path.string()});
  return text;
}

}  // namespace

std::filesystem::path query_rows_file(const std::filesystem::path& directory,
                                      const std::string& point) {
  return directory / "queries" / (point + ".npy");
}

void write_query_rows(const std::filesystem::path& file, const std::vector<QueryRow>& rows) {
  const std::size_t repetitions = rows.empty() ? 0 : rows.front().latency_ns.size();
  const std::size_t row_bytes = fixed_bytes + 4 * repetitions;
  std::vector<std::byte> bytes(rows.size() * row_bytes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].latency_ns.size() != repetitions) {
      throw Error(Code::invalid_argument, "rows have different numbers of repetitions",
                  {.path = file.string()});
    }
    put_row(rows[i], bytes.data() + i * row_bytes);
  }
  std::error_code failure;
  std::filesystem::create_directories(file.parent_path(), failure);
  if (failure) throw Error(Code::io, failure.message(), {.path = file.parent_path().string()});
  OutputFile output(file);
  output.write(as_bytes(header_of(repetitions, rows.size())));
  output.write(bytes);
  output.commit();
}

std::vector<QueryRow> read_query_rows(const std::filesystem::path& file) {
  std::string text = read_whole(file);
  const Error corrupt(Code::corrupt, "these are no per-query rows as `skerry run` writes them",
                      {.path = file.string()});
  const std::size_t at = text.find(before_count);
  const std::size_t end = text.find('\n', at);
  if (at == text.npos || end == text.npos) throw corrupt;
  std::uint32_t repetitions = 0;
  const char* const number = text.data() + at + before_count.size();
  if (std::from_chars(number, text.data() + end, repetitions).ec != std::errc()) throw corrupt;
  const std::size_t row_bytes = fixed_bytes + std::size_t{4} * repetitions;
  const std::size_t count = (text.size() - end - 1) / row_bytes;
  // The header follows from the two numbers, and the file's length from the header.
  if (text.size() != end + 1 + count * row_bytes ||
      std::string_view(text).substr(0, end + 1) != header_of(repetitions, count)) {
    throw corrupt;
  }
  std::vector<QueryRow> rows(count);
  auto* const data = reinterpret_cast<std::byte*>(text.data()) + end + 1;
  for (std::size_t i = 0; i < count; ++i) {
    rows[i].latency_ns.resize(repetitions);
    if (!take_row(rows[i], data + i * row_bytes)) throw corrupt;
  }
  return rows;
}

}  // namespace skerry::experiments
