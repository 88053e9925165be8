#include "tests/support/hdf5_writer.h"

#include <hdf5.h>

#include <stdexcept>

namespace skerry::support {

namespace {

hid_t checked(hid_t id) {
  if (id < 0) throw std::runtime_error("libhdf5 cannot write the test's file");
  return id;
}

/// h5py's bool.
hid_t boolean_type() {
  const hid_t type = checked(H5Tenum_create(H5T_NATIVE_INT8));
  std::int8_t value = 0;
  H5Tenum_insert(type, "FALSE", &value);
  value = 1;
  H5Tenum_insert(type, "TRUE", &value);
  return type;
}

/// IEEE 754 binary16, as h5py declares it.
hid_t half_type() {
  const hid_t type = checked(H5Tcopy(H5T_IEEE_F32LE));
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

hid_t file_type(Hdf5Type type) {
  switch (type) {
    case Hdf5Type::f16: return half_type();
    case Hdf5Type::f32: return H5Tcopy(H5T_IEEE_F32LE);
    case Hdf5Type::f64: return H5Tcopy(H5T_IEEE_F64LE);
    case Hdf5Type::f32_big_endian: return H5Tcopy(H5T_IEEE_F32BE);
    case Hdf5Type::i32: return H5Tcopy(H5T_STD_I32LE);
    case Hdf5Type::i64: return H5Tcopy(H5T_STD_I64LE);
    case Hdf5Type::u32: return H5Tcopy(H5T_STD_U32LE);
    case Hdf5Type::u8: return H5Tcopy(H5T_STD_U8LE);
    case Hdf5Type::i8: return H5Tcopy(H5T_STD_I8LE);
    case Hdf5Type::boolean: break;
  }
  return boolean_type();
}

}  // namespace

Hdf5Writer::Hdf5Writer(const std::filesystem::path& path)
    : file_(checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT))) {}

Hdf5Writer::~Hdf5Writer() { H5Fclose(file_); }

void Hdf5Writer::attribute(const char* name, const std::string& text, bool variable_length) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, variable_length ? H5T_VARIABLE : text.size());
  H5Tset_cset(type, variable_length ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
  const hid_t space = H5Screate(H5S_SCALAR);
  const hid_t made = checked(H5Acreate2(file_, name, type, space, H5P_DEFAULT, H5P_DEFAULT));
  const char* const pointer = text.c_str();
  H5Awrite(made, type, variable_length ? static_cast<const void*>(&pointer) : pointer);
  H5Aclose(made);
  H5Sclose(space);
  H5Tclose(type);
}

void Hdf5Writer::data(const char* name, Hdf5Type type, const std::vector<std::size_t>& shape,
                      const std::vector<double>& values, const Hdf5Storage& storage) {
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  const hid_t kind = file_type(type);
  // Chunked data sets may grow, as h5py's do with `maxshape`: so chunks may be larger than they
  // are.
  const std::vector<hsize_t> most(sizes.size(), H5S_UNLIMITED);
  const hid_t space = checked(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(),
                                               storage.chunk_rows > 0 ? most.data() : nullptr));
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  if (storage.chunk_rows > 0) {
    const std::array<hsize_t, 2> chunk{storage.chunk_rows, storage.chunk_columns};
    H5Pset_chunk(plan, 2, chunk.data());
    if (storage.gzip) {
      H5Pset_shuffle(plan);
      H5Pset_deflate(plan, 4);
    }
  }
  const hid_t made = checked(H5Dcreate2(file_, name, kind, space, H5P_DEFAULT, plan, H5P_DEFAULT));
  if (type == Hdf5Type::boolean) {
    const std::vector<std::int8_t> bytes(values.begin(), values.end());
    H5Dwrite(made, kind, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
  } else {
    H5Dwrite(made, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  H5Dclose(made);
  H5Pclose(plan);
  H5Sclose(space);
  H5Tclose(kind);
}

void Hdf5Writer::torn_data(const char* name, std::size_t rows, std::size_t columns,
                           std::size_t written) {
  const std::array<hsize_t, 2> sizes{rows, columns};
  const std::array<hsize_t, 2> chunk{16, 16};
  const hid_t space = checked(H5Screate_simple(2, sizes.data(), nullptr));
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(plan, 2, chunk.data());
  const hid_t made =
      checked(H5Dcreate2(file_, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT));
  if (written > 0) {
    const std::array<hsize_t, 2> start{0, 0};
    const std::array<hsize_t, 2> count{written, columns};
    const std::vector<float> values(written * columns, 1.0F);
    const hid_t memory = checked(H5Screate_simple(2, count.data(), nullptr));
    H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr);
    H5Dwrite(made, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, values.data());
    H5Sclose(memory);
  }
  H5Dclose(made);
  H5Pclose(plan);
  H5Sclose(space);
}

void Hdf5Writer::external_link(const char* name, const std::string& file) {
  H5Lcreate_external(file.c_str(), "/train", file_, name, H5P_DEFAULT, H5P_DEFAULT);
}

void Hdf5Writer::external_data(const char* name, std::size_t rows, std::size_t columns,
                               const std::string& file) {
  const std::array<hsize_t, 2> sizes{rows, columns};
  const hid_t space = checked(H5Screate_simple(2, sizes.data(), nullptr));
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(plan, file.c_str(), 0, rows * columns * sizeof(float));
  H5Dclose(checked(H5Dcreate2(file_, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, plan, H5P_DEFAULT)));
  H5Pclose(plan);
  H5Sclose(space);
}

}  // namespace skerry::support
