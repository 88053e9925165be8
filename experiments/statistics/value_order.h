#pragma once
// The order of spelt values that people expect: numbers by size, then words.

#include <charconv>
#include <optional>
#include <string>
#include <tuple>

namespace skerry::experiments {

struct ValueOrder {
  bool operator()(const std::string& a, const std::string& b) const {
    const std::optional<double> x = number(a);
    const std::optional<double> y = number(b);
    if (x && y) return std::tie(*x, a) < std::tie(*y, b);
    if (x || y) return x.has_value();
    return a < b;
  }

 private:
  static std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || value != value) return {};
    return value;
  }
};

}  // namespace skerry::experiments
