#pragma once
// Matrix files as bytes, written down from the formats' descriptions and not by skerry's writers.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace skerry::support {

template <class T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

template <class T>
std::string raw_value(T value) {
  return raw(std::vector<T>{value});
}

/// fvecs, ivecs, bvecs.
template <class T>
std::string vecs_bytes(std::size_t columns, const std::vector<T>& values) {
  std::string bytes;
  for (std::size_t i = 0; i < values.size(); i += columns) {
    bytes += raw_value(static_cast<std::int32_t>(columns));
    bytes += raw(std::vector<T>(values.begin() + static_cast<std::ptrdiff_t>(i),
                                values.begin() + static_cast<std::ptrdiff_t>(i + columns)));
  }
  return bytes;
}

/// fbin, u8bin, i8bin, ibin.
template <class T>
std::string bin_bytes(std::size_t columns, const std::vector<T>& values) {
  return raw_value(static_cast<std::uint32_t>(values.size() / columns)) +
         raw_value(static_cast<std::uint32_t>(columns)) + raw(values);
}

/// .npy with any dictionary, in version 1, 2 or 3.
inline std::string npy_bytes(const std::string& dictionary, const std::string& data,
                             char version = 1) {
  const std::string text = dictionary + "\n";
  std::string bytes = std::string("\x93NUMPY") + version + '\0';
  bytes += version == 1 ? raw_value(static_cast<std::uint16_t>(text.size()))
                        : raw_value(static_cast<std::uint32_t>(text.size()));
  return bytes + text + data;
}

inline std::string npy_dictionary(const std::string& descr, std::size_t rows, std::size_t columns) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + std::to_string(rows) +
         ", " + std::to_string(columns) + "), }";
}

template <class T>
std::string npy_bytes(const std::string& descr, std::size_t columns, const std::vector<T>& values) {
  return npy_bytes(npy_dictionary(descr, values.size() / columns, columns), raw(values));
}

inline void write_file(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace skerry::support
