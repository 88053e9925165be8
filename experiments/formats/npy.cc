#include "experiments/formats/npy.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

namespace skerry::experiments {

namespace {

struct Kind {
  std::string_view descr;
  Scalar scalar;
};

constexpr std::array<Kind, 12> kinds{{
    {"|b1", Scalar::boolean},
    {"|u1", Scalar::u8},
    {"|i1", Scalar::i8},
    {"<u2", Scalar::u16},
    {"<i2", Scalar::i16},
    {"<u4", Scalar::u32},
    {"<i4", Scalar::i32},
    {"<u8", Scalar::u64},
    {"<i8", Scalar::i64},
    {"<f2", Scalar::f16},
    {"<f4", Scalar::f32},
    {"<f8", Scalar::f64},
}};

// NumPy itself reads headers up to this length without being asked twice.
constexpr std::size_t longest_header = 10'000;

/// Reads the literal `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`: a Python
/// dictionary of these three keys in any order.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& path) : text_(text), path_(path) {}

  FlatLayout parse() {
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !scalar_) {
        scalar_ = scalar();
      } else if (key == "fortran_order" && !order_known_) {
        order_known_ = true;
        c_order();
      } else if (key == "shape" && !shape_known_) {
        shape_known_ = true;
        shape();
      } else {
        fail(fmt::format("key `{}` is unknown or given twice", key));
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail("text follows the dictionary");
    if (!scalar_ || !order_known_ || !shape_known_) {
      fail("`descr`, `fortran_order` or `shape` is missing");
    }
    layout_.scalar = *scalar_;
    return layout_;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Code::corrupt, "the npy header is damaged: " + what, {.path = path_});
  }

  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(Code::unsupported, what, {.path = path_});
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(fmt::format("expected `{}` at byte {} of the dictionary", c, at_));
  }

  std::string_view quoted() {
    const char quote = take('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const std::size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) fail("a string does not end");
    const std::string_view word = text_.substr(at_, end - at_);
    at_ = end + 1;
    return word;
  }

  Scalar scalar() {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '[')
      unsupported("structured npy arrays cannot be used");
    const std::string_view descr = quoted();
    for (const Kind& kind : kinds) {
      if (kind.descr == descr) return kind.scalar;
    }
    unsupported(
        fmt::format("npy values of type `{}` cannot be used; bool, integers and f2, f4, f8 "
                    "in little-endian order can",
                    descr));
  }

  void c_order() {
    skip_space();
    if (text_.substr(at_).starts_with("True")) {
      unsupported("the npy array is in Fortran order; save it with numpy.ascontiguousarray");
    }
    if (!text_.substr(at_).starts_with("False")) fail("`fortran_order` is neither True nor False");
    at_ += 5;
  }

  void shape() {
    std::vector<std::size_t> sizes;
    expect('(');
    while (!take(')')) {
      skip_space();
      std::size_t value = 0;
      const auto [end, error] =
          std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
      if (error != std::errc()) fail("`shape` is not a tuple of sizes");
      sizes.push_back(value);
      at_ = static_cast<std::size_t>(end - text_.data());
      if (!take(',')) {
        expect(')');
        break;
      }
    }
    if (sizes.size() != 2) {
      unsupported(
          fmt::format("the npy array has {} dimension(s); it must have 2: rows and "
                      "components",
                      sizes.size()));
    }
    layout_.rows = sizes[0];
    layout_.columns = sizes[1];
  }

  std::string_view text_;
  const std::string& path_;
  std::size_t at_ = 0;
  FlatLayout layout_;
  std::optional<Scalar> scalar_;
  bool order_known_ = false;
  bool shape_known_ = false;
};

}  // namespace

FlatLayout npy_layout(const InputFile& file) {
  const auto damaged = [&](const std::string& what) {
    return Error(Code::corrupt, "the npy header is damaged: " + what, {.path = file.path()});
  };
  std::byte start[12];
  file.read_at(0, start, 8);
  if (as_text(Bytes(start, npy_magic.size())) != npy_magic) throw damaged("it has no magic");
  const auto version = std::to_integer<unsigned>(start[6]);
  if (version < 1 || version > 3) {
    throw Error(Code::version,
                fmt::format("npy version {} is unknown; 1, 2 and 3 can be read", version),
                {.path = file.path()});
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  file.read_at(8, start + 8, length_bytes);
  const std::size_t length =
      version == 1 ? load<std::uint16_t>(start + 8) : load<std::uint32_t>(start + 8);
  if (length > longest_header) throw damaged(fmt::format("its length is {}", length));
  std::vector<std::byte> text(length);
  file.read_at(8 + length_bytes, text.data(), length);

  FlatLayout layout = HeaderParser(as_text(text), file.path()).parse();
  layout.offset = 8 + length_bytes + length;
  check_size(file, layout);
  return layout;
}

Framing npy_framing(Scalar scalar, std::size_t rows, std::size_t columns) {
  std::string_view descr;
  for (const Kind& kind : kinds) {
    if (kind.scalar == scalar) descr = kind.descr;
  }
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                                 descr, rows, columns);
  // Version 1: magic, version, u16 length, and a text that ends with a newline at a multiple of 64.
  constexpr std::size_t before = 10;
  text.append(63 - (before + text.size()) % 64, ' ');
  text += '\n';
  Framing framing;
  framing.scalar = scalar;
  for (const std::byte b : as_bytes(npy_magic)) framing.header.push_back(b);
  framing.header.push_back(std::byte{1});
  framing.header.push_back(std::byte{0});
  append(framing.header, static_cast<std::uint16_t>(text.size()));
  for (const std::byte b : as_bytes(text)) framing.header.push_back(b);
  return framing;
}

}  // namespace skerry::experiments
