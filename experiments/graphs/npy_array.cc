#include "experiments/graphs/npy_array.h"

#include <fmt/format.h>

#include <charconv>

#include "base/error.h"
#include "experiments/formats/framing.h"
#include "experiments/formats/npy.h"
#include "experiments/graphs/byte_reader.h"

namespace skerry::experiments {

namespace {

Error fault(Code code, const std::string& path, const std::string& name, const std::string& what) {
  return {code, fmt::format("array `{}`: {}", name, what), {.path = path}};
}

/// What stands in `header` behind `'key':`, without leading spaces; empty when the key is missing.
std::string_view behind(std::string_view header, std::string_view key) {
  std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == header.npos) return {};
  at = header.find_first_not_of(' ', at + key.size() + 3);
  return at == header.npos ? std::string_view{} : header.substr(at);
}

/// Bytes of an element, 0 for kinds that are not read.
std::size_t element_bytes(std::string_view descr) {
  if (descr.size() < 3) return 0;
  const char order = descr[0];
  const char kind = descr[1];
  std::size_t width = 0;
  const char* const end = descr.data() + descr.size();
  const auto [stop, failure] = std::from_chars(descr.data() + 2, end, width);
  if (failure != std::errc() || stop != end || width == 0 || width > 4096) return 0;
  if (order != '<' && order != '|') return 0;
  if (kind == 'S') return width;
  if (kind == 'U') return 4 * width;
  const bool number = kind == 'i' || kind == 'u' || kind == 'f' || kind == 'b' || kind == 'c';
  return number && width <= 16 ? width : 0;
}

template <class T>
std::vector<std::int64_t> widen(const NpyArray& array) {
  std::vector<std::int64_t> values(array.count);
  for (std::size_t i = 0; i < array.count; ++i) {
    values[i] = static_cast<std::int64_t>(load<T>(array.data.data() + i * sizeof(T)));
  }
  return values;
}

}  // namespace

NpyArray NpyArray::parse(Bytes bytes, const std::string& path, const std::string& name) {
  const auto damaged = [&](const char* what) {
    return fault(Code::corrupt, path, name, fmt::format("the npy data is damaged: {}", what));
  };
  ByteReader in(bytes, path);
  if (in.left() < 10 || as_text(in.take_bytes(6, "a magic")) != npy_magic) {
    throw damaged("it has no magic");
  }
  const auto version = in.take<std::uint16_t>("a version") & 0xff;
  if (version < 1 || version > 3) throw damaged("its version is unknown");
  const std::size_t length =
      version == 1 ? in.take<std::uint16_t>("a length") : in.take<std::uint32_t>("a length");
  const std::string_view header = as_text(in.take_bytes(length, "an npy header"));

  NpyArray array;
  const std::string_view descr = behind(header, "descr");
  const std::size_t quote = descr.find('\'', 1);
  if (!descr.starts_with('\'') || quote == descr.npos) throw damaged("it has no `descr`");
  array.descr = descr.substr(1, quote - 1);
  const std::size_t width = element_bytes(array.descr);
  if (width == 0) {
    throw fault(Code::unsupported, path, name,
                fmt::format("elements of type `{}` cannot be read", array.descr));
  }
  const std::string_view shape = behind(header, "shape");
  const std::size_t close = shape.find(')');
  if (!shape.starts_with('(') || close == shape.npos) throw damaged("it has no `shape`");
  std::string_view sizes = shape.substr(1, close - 1);
  array.count = 1;
  if (!sizes.empty()) {
    const char* const end = sizes.data() + sizes.size();
    const auto [stop, failure] = std::from_chars(sizes.data(), end, array.count);
    if (failure != std::errc()) throw damaged("its `shape` is no tuple of sizes");
    const std::string_view rest(stop, static_cast<std::size_t>(end - stop));
    if (rest != ",") {
      throw fault(Code::unsupported, path, name,
                  fmt::format("its shape is ({}); it must have one dimension", sizes));
    }
  }
  if (array.count > in.left() / width || array.count * width != in.left()) {
    throw damaged("its size contradicts its shape");
  }
  const Bytes data = in.take_bytes(in.left(), "elements");
  array.data.assign(data.begin(), data.end());
  return array;
}

std::vector<std::int64_t> NpyArray::integers(const std::string& path,
                                             const std::string& name) const {
  const std::string_view kind = std::string_view(descr).substr(1);
  if (kind == "i1") return widen<std::int8_t>(*this);
  if (kind == "i2") return widen<std::int16_t>(*this);
  if (kind == "i4") return widen<std::int32_t>(*this);
  if (kind == "i8") return widen<std::int64_t>(*this);
  if (kind == "u1") return widen<std::uint8_t>(*this);
  if (kind == "u2") return widen<std::uint16_t>(*this);
  if (kind == "u4") return widen<std::uint32_t>(*this);
  if (kind == "u8") {
    std::vector<std::int64_t> values = widen<std::uint64_t>(*this);
    for (const std::int64_t value : values) {
      if (value < 0) throw fault(Code::corrupt, path, name, "a value is above 2^63");
    }
    return values;
  }
  throw fault(Code::unsupported, path, name,
              fmt::format("its elements are `{}`; they must be integers", descr));
}

std::string NpyArray::text() const {
  std::string text;
  const bool wide = descr[1] == 'U';
  if (!wide && descr[1] != 'S') return text;
  for (std::size_t i = 0; i < data.size(); i += wide ? 4 : 1) {
    const char c = static_cast<char>(data[i]);
    if (c != 0) text += c;
  }
  return text;
}

std::vector<std::byte> npy_header(std::string_view descr, std::string_view shape) {
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr, shape);
  // Version 1: magic, version, u16 length, and a text that ends with a newline at a multiple of 64.
  constexpr std::size_t before = 10;
  text.append(63 - (before + text.size()) % 64, ' ');
  text += '\n';
  std::vector<std::byte> header;
  for (const std::byte b : as_bytes(npy_magic)) header.push_back(b);
  append(header, std::uint16_t{1});
  append(header, static_cast<std::uint16_t>(text.size()));
  for (const std::byte b : as_bytes(text)) header.push_back(b);
  return header;
}

}  // namespace skerry::experiments
