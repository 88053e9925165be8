#include "base/error.h"

#include <utility>

namespace skerry {

std::string_view name(Code code) noexcept {
  switch (code) {
    case Code::ok: return "ok";
    case Code::not_found: return "not_found";
    case Code::invalid_argument: return "invalid_argument";
    case Code::key_size: return "key_size";
    case Code::busy: return "busy";
    case Code::full: return "full";
    case Code::no_space: return "no_space";
    case Code::io: return "io";
    case Code::corrupt: return "corrupt";
    case Code::version: return "version";
    case Code::mismatch: return "mismatch";
    case Code::unsupported: return "unsupported";
    case Code::closed: return "closed";
    case Code::cancelled: return "cancelled";
  }
  return "unknown";
}

namespace {

std::string compose(const std::string& message, const ErrorContext& context) {
  std::string text = message;
  const char* separator = " (";
  const auto add = [&](const char* label, const std::string& value) {
    if (value.empty()) return;
    text += separator;
    text += label;
    text += ": ";
    text += value;
    separator = ", ";
  };
  add("path", context.path);
  add("table", context.table);
  add("key", context.key);
  add("expected", context.expected);
  add("found", context.found);
  if (separator[0] == ',') text += ')';
  return text;
}

}  // namespace

Error::Error(Code code, const std::string& message, ErrorContext context)
    : std::runtime_error(compose(message, context)), code_(code), context_(std::move(context)) {}

}  // namespace skerry
