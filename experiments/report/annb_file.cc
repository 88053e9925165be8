#include "experiments/report/annb_file.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "base/error.h"

namespace skerry::experiments {

namespace {

/// An object of libhdf5, closed when this goes.
class Hdf5Object {
 public:
  Hdf5Object(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {
    if (id_ < 0) throw Error(Code::io, "libhdf5 cannot write");
  }

  ~Hdf5Object() { close_(id_); }

  Hdf5Object(const Hdf5Object&) = delete;
  Hdf5Object& operator=(const Hdf5Object&) = delete;

  operator hid_t() const noexcept { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

void check(herr_t outcome) {
  if (outcome < 0) throw Error(Code::io, "libhdf5 cannot write");
}

void add_attribute(hid_t file, const char* name, hid_t file_type, hid_t memory_type,
                   const void* value) {
  const Hdf5Object space(H5Screate(H5S_SCALAR), &H5Sclose);
  const Hdf5Object made(H5Acreate2(file, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT),
                        &H5Aclose);
  check(H5Awrite(made, memory_type, value));
}

void add_number(hid_t file, const char* name, double value) {
  add_attribute(file, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

void add_count(hid_t file, const char* name, std::int64_t value) {
  add_attribute(file, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

/// h5py's bool: an enum of one byte.
void add_flag(hid_t file, const char* name, bool value) {
  const Hdf5Object type(H5Tenum_create(H5T_NATIVE_INT8), &H5Tclose);
  const std::int8_t no = 0;
  const std::int8_t yes = 1;
  check(H5Tenum_insert(type, "FALSE", &no));
  check(H5Tenum_insert(type, "TRUE", &yes));
  add_attribute(file, name, type, type, value ? &yes : &no);
}

/// h5py's str: UTF-8 of variable length.
void add_text(hid_t file, const char* name, const std::string& text) {
  const Hdf5Object type(H5Tcopy(H5T_C_S1), &H5Tclose);
  check(H5Tset_size(type, H5T_VARIABLE));
  check(H5Tset_cset(type, H5T_CSET_UTF8));
  const char* const pointer = text.c_str();
  add_attribute(file, name, type, type, &pointer);
}

void add_array(hid_t file, const char* name, hid_t file_type, hid_t memory_type, std::size_t rows,
               std::size_t columns, const void* values) {
  const std::array<hsize_t, 2> sizes{rows, columns};
  const Hdf5Object space(H5Screate_simple(columns > 0 ? 2 : 1, sizes.data(), nullptr), &H5Sclose);
  const Hdf5Object made(
      H5Dcreate2(file, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), &H5Dclose);
  check(H5Dwrite(made, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

void write_contents(hid_t file, const AnnbRun& run) {
  add_flag(file, "batch_mode", run.batch_mode);
  add_number(file, "best_search_time", run.best_search_time);
  add_number(file, "candidates", run.candidates);
  add_flag(file, "expect_extra", false);
  add_text(file, "name", run.name);
  add_count(file, "run_count", run.run_count);
  add_text(file, "distance", run.distance);
  add_count(file, "count", run.count);
  add_number(file, "build_time", run.build_time);
  add_number(file, "index_size", run.index_size);
  add_text(file, "algo", run.algo);
  add_text(file, "dataset", run.dataset);
  add_number(file, "dist_comps", run.dist_comps);
  const auto columns = static_cast<std::size_t>(run.count);
  const std::size_t rows = run.times.size();
  add_array(file, "times", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, rows, 0, run.times.data());
  add_array(file, "neighbors", H5T_STD_I32LE, H5T_NATIVE_INT32, rows, columns,
            run.neighbors.data());
  add_array(file, "distances", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, rows, columns,
            run.distances.data());
  check(H5Fflush(file, H5F_SCOPE_LOCAL));
}

}  // namespace

void write_annb_file(const std::filesystem::path& path, const AnnbRun& run) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its failures become our errors
  // Not `.hdf5`: ann-benchmarks reads every file of that name in the folder.
  std::filesystem::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  try {
    const Hdf5Object file(H5Fcreate(temporary.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                          &H5Fclose);
    write_contents(file, run);
  } catch (const Error& error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw Error(error.code(), error.what(), {.path = path.string()});
  }
  std::error_code failure;
  std::filesystem::rename(temporary, path, failure);
  if (failure) throw Error(Code::io, failure.message(), {.path = path.string()});
}

}  // namespace skerry::experiments
