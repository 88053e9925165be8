#pragma once
// Writes small HDF5 files for tests, with all that real ones may have.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skerry::support {

enum class Hdf5Type { f16, f32, f64, f32_big_endian, i32, i64, u32, u8, i8, boolean };

/// How a data set lies in the file.
struct Hdf5Storage {
  std::size_t chunk_rows = 0;  ///< 0: in one piece
  std::size_t chunk_columns = 0;
  bool gzip = false;  ///< and shuffled
};

class Hdf5Writer {
 public:
  explicit Hdf5Writer(const std::filesystem::path& path);
  ~Hdf5Writer();
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;

  /// A string attribute of the file.
  void attribute(const char* name, const std::string& text, bool variable_length = true);

  /// Values are given as doubles and written as `type`. `shape` may have any number of dimensions.
  void data(const char* name, Hdf5Type type, const std::vector<std::size_t>& shape,
            const std::vector<double>& values, const Hdf5Storage& storage = {});

  /// A data set in chunks of 16 x 16 of which only the first `written` rows were ever written.
  void torn_data(const char* name, std::size_t rows, std::size_t columns, std::size_t written);

  void external_link(const char* name, const std::string& file);

  /// A data set whose bytes lie in another file.
  void external_data(const char* name, std::size_t rows, std::size_t columns,
                     const std::string& file);

 private:
  std::int64_t file_;
};

}  // namespace skerry::support
