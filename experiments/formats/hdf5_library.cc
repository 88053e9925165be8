#include "experiments/formats/hdf5_library.h"

#include <fmt/format.h>
#include <hdf5.h>

#include <array>
#include <cstring>
#include <utility>

namespace skerry::experiments {

namespace {

// No filter packs numbers tighter than this: deflate's limit is 1032 to 1. A header that asks for
// more is damaged, and must not make us allocate what it says.
constexpr std::uint64_t largest_compression = 2048;

// Chunks are kept unpacked up to this size, so that reading band by band unpacks each once.
constexpr std::size_t largest_chunk_cache = std::size_t{64} << 20;

/// Owns one HDF5 identifier.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle(hid_t id, Close close) : id_(id), close_(close) {}

  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

  Handle& operator=(Handle&&) = delete;

  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  explicit operator bool() const noexcept { return id_ >= 0; }

  operator hid_t() const noexcept { return id_; }

 private:
  hid_t id_;
  Close close_;
};

class Hdf5Matrix final : public MatrixFile {
 public:
  Hdf5Matrix(std::shared_ptr<const Handle> file, std::uint64_t file_bytes, std::string path,
             const std::string& part, bool packed)
      : MatrixFile(std::move(path), part), file_(std::move(file)), data_(open(part)) {
    read_type();
    shape_.bytes_are_bits = packed && shape_.scalar == Scalar::u8;
    read_shape();
    check_storage(file_bytes);
  }

  std::size_t grain() const noexcept override { return grain_; }

  void read(std::size_t first, std::size_t count, std::byte* out) const override {
    const std::array<hsize_t, 2> start{first, 0};
    const std::array<hsize_t, 2> size{count, shape_.columns};
    const Handle target(H5Screate_simple(2, size.data(), nullptr), &H5Sclose);
    const Handle source(H5Dget_space(data_), &H5Sclose);
    if (!target || !source ||
        H5Sselect_hyperslab(source, H5S_SELECT_SET, start.data(), nullptr, size.data(), nullptr) <
            0 ||
        H5Dread(data_, memory_type(), target, source, H5P_DEFAULT, out) < 0) {
      throw error(Code::corrupt, fmt::format("libhdf5 cannot read rows {} to {}: the file is torn "
                                             "or damaged",
                                             first, first + count - 1));
    }
  }

 private:
  /// The data set `part`, with a cache for as many chunks as lie side by side in a row.
  Handle open(const std::string& part) {
    H5L_info_t link;
    if (H5Lget_info(*file_, part.c_str(), &link, H5P_DEFAULT) < 0) {
      throw error(Code::corrupt, "the file has no such data set");
    }
    if (link.type != H5L_TYPE_HARD) {
      throw error(Code::unsupported, "links to other places cannot be followed");
    }
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), &H5Pclose);
    constexpr std::size_t slots = 10'007;  // a prime, well above the number of chunks in a band
    H5Pset_chunk_cache(access, slots, largest_chunk_cache, 1.0);
    Handle data(H5Dopen2(*file_, part.c_str(), access), &H5Dclose);
    if (!data) throw error(Code::corrupt, "libhdf5 cannot open it: not a data set, or damaged");
    return data;
  }

  void read_type() {
    const Handle type(H5Dget_type(data_), &H5Tclose);
    const H5T_class_t kind = type ? H5Tget_class(type) : H5T_NO_CLASS;
    const std::size_t size = type ? H5Tget_size(type) : 0;
    if (kind == H5T_FLOAT && size <= sizeof(long double)) {
      shape_.scalar = Scalar::f32;  // libhdf5 converts from any width and byte order
      return;
    }
    if (kind == H5T_ENUM && size == 1) {  // h5py's bool
      shape_.scalar = Scalar::u8;
      enum_type_ =
          std::make_shared<const Handle>(H5Tget_native_type(type, H5T_DIR_ASCEND), &H5Tclose);
      if (*enum_type_) return;
    }
    if (kind == H5T_INTEGER) {
      const bool is_signed = H5Tget_sign(type) == H5T_SGN_2;
      switch (size) {
        case 1: shape_.scalar = is_signed ? Scalar::i8 : Scalar::u8; return;
        case 2: shape_.scalar = is_signed ? Scalar::i16 : Scalar::u16; return;
        case 4: shape_.scalar = is_signed ? Scalar::i32 : Scalar::u32; return;
        case 8: shape_.scalar = is_signed ? Scalar::i64 : Scalar::u64; return;
        default: break;
      }
    }
    throw error(Code::unsupported, "its type cannot be used; bool, integers and floats can");
  }

  hid_t memory_type() const {
    if (enum_type_) return *enum_type_;
    switch (shape_.scalar) {
      case Scalar::u8: return H5T_NATIVE_UINT8;
      case Scalar::i8: return H5T_NATIVE_INT8;
      case Scalar::u16: return H5T_NATIVE_UINT16;
      case Scalar::i16: return H5T_NATIVE_INT16;
      case Scalar::u32: return H5T_NATIVE_UINT32;
      case Scalar::i32: return H5T_NATIVE_INT32;
      case Scalar::u64: return H5T_NATIVE_UINT64;
      case Scalar::i64: return H5T_NATIVE_INT64;
      default: return H5T_NATIVE_FLOAT;
    }
  }

  void read_shape() {
    const Handle space(H5Dget_space(data_), &H5Sclose);
    const int dimensions = space ? H5Sget_simple_extent_ndims(space) : -1;
    if (dimensions != 2) {
      throw error(Code::unsupported, fmt::format("it has {} dimension(s); it must have 2: rows and "
                                                 "components",
                                                 dimensions));
    }
    std::array<hsize_t, 2> sizes{};
    H5Sget_simple_extent_dims(space, sizes.data(), nullptr);
    shape_.rows = sizes[0];
    shape_.columns = sizes[1];
    check_shape(shape_, path(), part());
  }

  /// Holds the shape against what the file stores for it, before anybody allocates by it.
  void check_storage(std::uint64_t file_bytes) {
    const Handle plan(H5Dget_create_plist(data_), &H5Pclose);
    const H5D_layout_t layout = plan ? H5Pget_layout(plan) : H5D_LAYOUT_ERROR;
    const Handle type(H5Dget_type(data_), &H5Tclose);
    const std::uint64_t width = H5Tget_size(type);
    const std::uint64_t wanted = shape_.rows * shape_.columns * width;
    const std::uint64_t stored = H5Dget_storage_size(data_);
    if (layout == H5D_CHUNKED) {
      check_filters(plan);
      check_chunks(plan, width, stored, file_bytes);
    } else if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) {
      throw error(Code::unsupported, "its data do not lie in this file");
    } else if (H5Pget_external_count(plan) != 0) {
      throw error(Code::unsupported, "its data lie in another file");
    } else if (stored != wanted || stored > file_bytes) {
      throw error(Code::corrupt, fmt::format("{} rows of {} need {} bytes, but {} are stored",
                                             shape_.rows, shape_.columns, wanted, stored));
    }
    if (stored > file_bytes || wanted / largest_compression > stored) {
      throw error(Code::corrupt, fmt::format("{} rows of {} cannot come from {} stored bytes in a "
                                             "file of {}",
                                             shape_.rows, shape_.columns, stored, file_bytes));
    }
  }

  void check_filters(hid_t plan) const {
    for (int i = 0; i < H5Pget_nfilters(plan); ++i) {
      unsigned flags = 0;
      std::size_t values = 0;
      std::array<char, 64> label{};
      const H5Z_filter_t filter = H5Pget_filter2(plan, static_cast<unsigned>(i), &flags, &values,
                                                 nullptr, label.size() - 1, label.data(), nullptr);
      if (filter >= 0 && H5Zfilter_avail(filter) > 0) continue;
      throw error(Code::unsupported,
                  fmt::format("it is packed by HDF5 filter {} ({}), which this machine lacks; "
                              "repack it with gzip",
                              static_cast<int>(filter), label.data()));
    }
  }

  void check_chunks(hid_t plan, std::uint64_t width, std::uint64_t stored,
                    std::uint64_t file_bytes) {
    std::array<hsize_t, 2> chunk{};
    if (H5Pget_chunk(plan, 2, chunk.data()) != 2 || chunk[0] == 0 || chunk[1] == 0) {
      throw error(Code::corrupt, "its chunks have no shape");
    }
    // Sides of a chunk are 32-bit, and the library refuses chunks of 4 GiB: no overflow.
    const std::uint64_t chunk_bytes = chunk[0] * chunk[1] * width;
    if (chunk_bytes / largest_compression > file_bytes || stored == 0) {
      throw error(Code::corrupt, fmt::format("chunks of {} x {} cannot come from a file of {} "
                                             "bytes",
                                             chunk[0], chunk[1], file_bytes));
    }
    const std::uint64_t across = (shape_.columns + chunk[1] - 1) / chunk[1];
    const std::uint64_t down = (shape_.rows + chunk[0] - 1) / chunk[0];
    const Handle space(H5Dget_space(data_), &H5Sclose);
    hsize_t written = 0;
    if (H5Dget_num_chunks(data_, space, &written) < 0 || written != across * down) {
      // libhdf5 would make up zeros for them.
      throw error(Code::corrupt,
                  fmt::format("only {} of {} chunks were ever written", written, across * down));
    }
    if (across * chunk_bytes <= largest_chunk_cache) grain_ = chunk[0];
  }

  std::shared_ptr<const Handle> file_;
  Handle data_;
  std::shared_ptr<const Handle> enum_type_;
  std::size_t grain_ = 1;
};

/// A string attribute of the file, of fixed or variable length; empty when there is none.
std::string text_attribute(const Handle& file, const char* name) {
  if (H5Aexists(file, name) <= 0) return {};
  const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), &H5Aclose);
  if (!attribute) return {};
  const Handle type(H5Aget_type(attribute), &H5Tclose);
  const Handle space(H5Aget_space(attribute), &H5Sclose);
  if (!type || !space || H5Tget_class(type) != H5T_STRING ||
      H5Sget_simple_extent_npoints(space) != 1) {
    return {};
  }
  constexpr std::size_t longest = 64;
  const Handle memory(H5Tcopy(H5T_C_S1), &H5Tclose);
  H5Tset_cset(memory, H5Tget_cset(type));
  if (H5Tis_variable_str(type) > 0) {
    H5Tset_size(memory, H5T_VARIABLE);
    char* text = nullptr;
    if (H5Aread(attribute, memory, &text) < 0 || text == nullptr) return {};
    std::string value(text, ::strnlen(text, longest));
    H5Dvlen_reclaim(memory, space, H5P_DEFAULT, &text);
    return value;
  }
  std::array<char, longest + 1> text{};
  H5Tset_size(memory, longest);
  H5Tset_strpad(memory, H5T_STR_NULLPAD);
  if (H5Aread(attribute, memory, text.data()) < 0) return {};
  return text.data();
}

/// skerry's name of a metric.
std::string metric_of(const std::string& distance) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> names{{
      {"angular", "cosine"},
      {"normalized", "cosine"},
      {"l2", "euclidean"},
      {"ip", "inner_product"},
      {"dot", "inner_product"},
      {"l1", "manhattan"},
      {"cityblock", "manhattan"},
      {"bit_hamming", "hamming"},
  }};
  for (const auto& [theirs, ours] : names) {
    if (distance == theirs) return std::string(ours);
  }
  return distance;
}

}  // namespace

Hdf5File open_hdf5_here(const std::string& path) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its failures become our errors
  const std::uint64_t file_bytes = InputFile(path).size();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), &H5Pclose);
  H5Pset_file_locking(access, false, true);  // file systems without locks can be read, too
  const auto file =
      std::make_shared<const Handle>(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), &H5Fclose);
  if (!*file) {
    throw Error(Code::corrupt, "libhdf5 cannot open the file: not HDF5, torn or damaged",
                {.path = path});
  }
  if (text_attribute(*file, "type") == "sparse") {
    throw Error(Code::unsupported, "sparse data sets cannot be used", {.path = path});
  }
  const bool packed = text_attribute(*file, "point_type") == "binary";
  const auto open = [&](const char* part) -> std::unique_ptr<MatrixFile> {
    return std::make_unique<Hdf5Matrix>(file, file_bytes, path, part, packed);
  };
  const auto open_if_present = [&](const char* part) {
    return H5Lexists(*file, part, H5P_DEFAULT) > 0 ? open(part) : nullptr;
  };
  Hdf5File opened;
  opened.declared_metric = metric_of(text_attribute(*file, "distance"));
  opened.train = open("train");
  opened.test = open("test");
  opened.neighbors = open_if_present("neighbors");
  if (opened.neighbors) opened.distances = open_if_present("distances");
  return opened;
}

}  // namespace skerry::experiments
