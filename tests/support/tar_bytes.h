#pragma once
// A tar archive (ustar, POSIX.1-1988) as bytes.

#include <cstdio>
#include <string>

namespace skerry::support {

/// One member; `type` '0' is a file, '5' a folder.
inline std::string tar_member(const std::string& name, const std::string& content,
                              char type = '0') {
  std::string head(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    head.replace(at, text.size(), text);
  };
  const auto octal = [](std::size_t value, int digits) {
    char text[32];
    std::snprintf(text, sizeof(text), "%0*zo", digits, value);
    return std::string(text);
  };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(content.size(), 11));
  put(136, "00000000000");
  put(148, "        ");  // the checksum counts as blanks
  head[156] = type;
  put(257, "ustar");
  put(263, "00");
  std::size_t sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6));
  head[154] = '\0';
  return head + content + std::string((512 - content.size() % 512) % 512, '\0');
}

inline std::string tar_end() { return std::string(1024, '\0'); }

}  // namespace skerry::support
