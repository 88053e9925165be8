#pragma once
// Brings one file from a server, in as many tries as it takes.

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/progress.h"

namespace skerry::experiments {

struct Download {
  std::string url;                ///< http, https or ftp
  std::filesystem::path part;     ///< gathers the bytes; its folder exists
  std::uint64_t bytes = 0;        ///< the file's exact length where it is known, else 0
  std::uint64_t first_bytes = 0;  ///< wanted from the file's beginning; 0: all of it
};

struct DownloadLimits {
  unsigned connect_seconds = 30;
  unsigned stall_seconds = 60;  ///< without a byte: given up
  unsigned redirects = 10;
  unsigned resumptions = 3;  ///< of a transfer that was cut after some bytes, within one call
};

/// Returns when `part` holds everything that was asked for.
///
/// What a failed call has gathered stays in `part`, and `part` + ".source" says from where; the
/// next call for the same url asks for the rest only. That is safe: the rest is taken only if the
/// server vouches (If-Range with a strong ETag, or Last-Modified) that the file is still the same.
/// From a server that gives neither, and by ftp, the file is fetched anew. A file of another length
/// than `bytes` is refused before anything is stored.
///
/// `progress.report` is called about once a second with bytes done and in all (0: unknown).
///
/// Throws Error in one line that names the host and what is wrong: invalid_argument (url),
/// not_found (404, 410), mismatch (length), no_space, io (no network, no connection, a stall, a
/// cut, an answer that is an error), cancelled.
void download(const Download& download, const DownloadLimits& limits, const Progress& progress);

/// The file's name in a url, "sift.hdf5" of "http://host/a/sift.hdf5?x=1". Throws
/// Error{invalid_argument}: no url, another scheme, no name.
std::string file_name_of_url(const std::string& url);

}  // namespace skerry::experiments
