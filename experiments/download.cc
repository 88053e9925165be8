#include "experiments/download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/error.h"
#include "base/spec.h"
#include "experiments/part_source.h"
#include "experiments/transfer.h"

namespace skerry::experiments {

namespace {

std::string part_of_url(const std::string& url, CURLUPart part) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(::curl_url(), &::curl_url_cleanup);
  if (!parsed) throw std::bad_alloc();
  char* text = nullptr;
  if (::curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
          CURLUE_OK ||
      ::curl_url_get(parsed.get(), part, &text, 0) != CURLUE_OK) {
    throw Error(Code::invalid_argument, fmt::format("`{}` is not a url", url));
  }
  const std::unique_ptr<char, void (*)(void*)> owner(text, &::curl_free);
  return text;
}

void check_scheme(const std::string& url) {
  constexpr std::array<std::string_view, 3> schemes{"http", "https", "ftp"};
  const std::string scheme = part_of_url(url, CURLUPART_SCHEME);
  if (std::find(schemes.begin(), schemes.end(), scheme) != schemes.end()) return;
  throw Error(Code::invalid_argument,
              fmt::format("`{}`: {}", url, unknown_name("scheme", scheme, schemes)));
}

/// Held while a part grows: two processes must not append to the same one.
class PartLock {
 public:
  explicit PartLock(const std::filesystem::path& part)
      : path_(part.string() + ".lock"),
        descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) {
      throw Error(Code::io, fmt::format("cannot be written: {}", std::strerror(errno)),
                  {.path = path_});
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 && is_named()) return;
    ::close(descriptor_);
    throw Error(Code::busy, "another process is fetching this file", {.path = part.string()});
  }

  ~PartLock() {
    ::unlink(path_.c_str());
    ::close(descriptor_);
  }

  PartLock(const PartLock&) = delete;
  PartLock& operator=(const PartLock&) = delete;

 private:
  /// Whether the file that is locked still has the name: its last holder removes it.
  bool is_named() const {
    struct stat locked {};

    struct stat named {};

    return ::fstat(descriptor_, &locked) == 0 && ::stat(path_.c_str(), &named) == 0 &&
           locked.st_ino == named.st_ino;
  }

  std::string path_;
  int descriptor_;
};

}  // namespace

std::string file_name_of_url(const std::string& url) {
  check_scheme(url);
  const std::string path = part_of_url(url, CURLUPART_PATH);
  const std::string name = path.substr(path.rfind('/') + 1);
  if (name.empty() || name.front() == '.' || name.find('%') != std::string::npos) {
    throw Error(Code::invalid_argument, fmt::format("`{}` does not end in a file's name", url));
  }
  return name;
}

void download(const Download& download, const DownloadLimits& limits, const Progress& progress) {
  check_scheme(download.url);
  const PartLock lock(download.part);
  unsigned resumptions = 0;
  unsigned restarts = 0;
  while (true) {
    const TransferResult result = transfer(download, limits, progress);
    if (result.end == TransferEnd::complete) return;
    if (result.end == TransferEnd::changed) {
      forget_download(download.part);
      if (restarts++ < 1) continue;
      throw Error(Code::io, fmt::format("{} changes while it is fetched", download.url));
    }
    if (result.resumable && result.received > 0 && resumptions++ < limits.resumptions) continue;
    throw Error(Code::io,
                fmt::format("the connection ended early; {}",
                            result.resumable ? "the same command goes on from there"
                                             : "this server does not let it go on from there"),
                {.path = download.url});
  }
}

}  // namespace skerry::experiments
