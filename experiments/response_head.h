#pragma once
// The fields of an HTTP response's head that decide where its bytes belong (RFC 9110).

#include <cstdint>
#include <string>
#include <string_view>

#include "experiments/part_source.h"

namespace skerry::experiments {

struct ResponseHead {
  std::string etag;
  std::string last_modified;
  std::uint64_t range_start = UINT64_MAX;  ///< of Content-Range
  std::uint64_t range_total = 0;           ///< likewise; 0: unknown

  /// One line as it came. A status line begins a new head: redirects have several.
  void read(std::string_view line);

  /// What If-Range accepts: a strong ETag, else a date. Empty: neither is there.
  const std::string& validator() const;

  /// Of a 206: whether its bytes are those of `source` from `at` on (0: from the beginning of any
  /// file). Servers that ignore If-Range send those of another.
  bool continues(const PartSource& source, std::uint64_t at) const;
};

}  // namespace skerry::experiments
