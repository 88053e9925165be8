#include "experiments/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <memory>
#include <system_error>

#include "base/bytes.h"
#include "base/error.h"
#include "experiments/part_source.h"
#include "experiments/response_head.h"

namespace skerry::experiments {

namespace {

class Transfer {
 public:
  Transfer(const Download& download, const DownloadLimits& limits, const Progress& progress)
      : download_(download), limits_(limits), progress_(progress) {}

  ~Transfer() {
    if (descriptor_ >= 0) ::close(descriptor_);
    ::curl_slist_free_all(fields_);
  }

  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  TransferResult run();

 private:
  static std::size_t on_header(char* text, std::size_t, std::size_t length, void* self);
  static std::size_t on_body(char* bytes, std::size_t, std::size_t length, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  void set_options();
  void begin();
  void write(Bytes bytes);
  void check_length(std::uint64_t total) const;
  void check_room() const;
  TransferResult judge(CURLcode code);
  [[noreturn]] void refuse_status() const;
  [[noreturn]] void fail(CURLcode code) const;

  long status() const {
    long code = 0;
    ::curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

  /// The scheme has been checked to be http, https or ftp.
  bool is_http() const { return (download_.url.front() | 0x20) == 'h'; }

  /// Where the bytes wanted end; 0: unknown.
  std::uint64_t end() const {
    return download_.first_bytes != 0 ? download_.first_bytes : source_.total;
  }

  const Download& download_;
  const DownloadLimits& limits_;
  const Progress& progress_;
  CURL* curl_ = nullptr;
  struct curl_slist* fields_ = nullptr;
  char message_[CURL_ERROR_SIZE] = {};
  PartSource source_;
  ResponseHead head_;
  std::uint64_t at_ = 0;        // length of the part
  std::uint64_t received_ = 0;  // of it in this try
  int descriptor_ = -1;
  bool begun_ = false;
  bool changed_ = false;
  std::exception_ptr failure_;
  bool stalled_ = false;
  std::chrono::steady_clock::time_point told_{};   // progress, to the caller
  std::chrono::steady_clock::time_point heard_{};  // a byte, from the server
};

std::size_t Transfer::on_header(char* text, std::size_t, std::size_t length, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.heard_ = std::chrono::steady_clock::now();
  transfer.head_.read({text, length});
  return length;
}

std::size_t Transfer::on_body(char* bytes, std::size_t, std::size_t length, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.heard_ = std::chrono::steady_clock::now();
  try {
    if (transfer.is_http() && transfer.status() >= 300) return length;  // the text of an error
    if (!transfer.begun_) transfer.begin();
    if (transfer.changed_) return 0;
    std::size_t wanted = length;
    const std::uint64_t end = transfer.download_.first_bytes;
    if (end != 0) wanted = std::min<std::uint64_t>(wanted, end - transfer.at_);
    transfer.write(as_bytes({bytes, wanted}));
    return wanted;  // less than came ends the transfer
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return 0;
  }
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (now - transfer.told_ >= std::chrono::seconds(1)) {
    transfer.told_ = now;
    transfer.progress_.tell("download", transfer.at_, transfer.end());
  }
  transfer.stalled_ = now - transfer.heard_ > std::chrono::seconds(transfer.limits_.stall_seconds);
  return transfer.stalled_ || transfer.progress_.cancelled() ? 1 : 0;
}

/// The answer's head is known and says that bytes of the file follow. Decides where they belong.
void Transfer::begin() {
  begun_ = true;
  const long status = this->status();
  curl_off_t length = -1;
  ::curl_easy_getinfo(curl_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  std::uint64_t total = length < 0 ? 0 : static_cast<std::uint64_t>(length);
  if (status == 206) {
    total = head_.range_total;
    if (!head_.continues(source_, at_)) {
      changed_ = true;
      return;
    }
  } else {
    at_ = 0;
  }
  if (total != 0) check_length(total);
  source_ = {download_.url, is_http() ? head_.validator() : "", total};
  check_room();
  if (at_ == 0) write_part_source(download_.part, source_);
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (at_ == 0 ? O_TRUNC : O_APPEND);
  descriptor_ = ::open(download_.part.c_str(), flags, 0644);
  if (descriptor_ < 0) {
    throw Error(Code::io, fmt::format("cannot be written: {}", std::strerror(errno)),
                {.path = download_.part.string()});
  }
}

void Transfer::check_length(std::uint64_t total) const {
  const std::uint64_t least = download_.first_bytes;
  if ((download_.bytes == 0 || total == download_.bytes) && total >= least) return;
  throw Error(Code::mismatch, "the file on the server has another length than it should",
              {.path = download_.url,
               .expected = fmt::format("{} bytes", std::max(download_.bytes, least)),
               .found = fmt::format("{} bytes", total)});
}

void Transfer::check_room() const {
  std::error_code unknown;
  const auto room = std::filesystem::space(download_.part.parent_path(), unknown).available;
  if (unknown || end() <= at_ || end() - at_ <= room) return;
  throw Error(Code::no_space,
              fmt::format("{} more bytes are needed, {} are free", end() - at_, room),
              {.path = download_.part.parent_path().string()});
}

void Transfer::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
      throw Error(full ? Code::no_space : Code::io,
                  fmt::format("cannot be written: {}", std::strerror(errno)),
                  {.path = download_.part.string()});
    }
    at_ += static_cast<std::uint64_t>(count);
    received_ += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void Transfer::set_options() {
  const auto set = [&](CURLoption option, auto value) {
    if (::curl_easy_setopt(curl_, option, value) != CURLE_OK) throw std::bad_alloc();
  };
  set(CURLOPT_URL, download_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https,ftp");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, static_cast<long>(limits_.redirects));
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(limits_.connect_seconds));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, message_);
  set(CURLOPT_USERAGENT, "skerry/" SKERRY_VERSION);
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  set(CURLOPT_XFERINFODATA, this);
  const std::uint64_t last = download_.first_bytes;
  if (is_http() && (at_ > 0 || last != 0)) {
    set(CURLOPT_RANGE,
        fmt::format("{}-{}", at_, last == 0 ? "" : std::to_string(last - 1)).c_str());
  }
  if (at_ > 0) {
    fields_ = ::curl_slist_append(nullptr, fmt::format("If-Range: {}", source_.validator).c_str());
    if (fields_ == nullptr) throw std::bad_alloc();
    set(CURLOPT_HTTPHEADER, fields_);
  }
}

TransferResult Transfer::run() {
  source_ = read_part_source(download_.part);
  std::error_code absent;
  const auto size = std::filesystem::file_size(download_.part, absent);
  if (source_.url == download_.url && !source_.validator.empty() && !absent) at_ = size;
  if (end() != 0 && at_ > end()) at_ = 0;
  if (at_ == 0) source_ = {};
  if (at_ > 0 && at_ == end()) return {};

  static const CURLcode ready = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(::curl_easy_init(), &::curl_easy_cleanup);
  if (ready != CURLE_OK || !curl) throw std::bad_alloc();
  curl_ = curl.get();
  set_options();
  heard_ = std::chrono::steady_clock::now();
  return judge(::curl_easy_perform(curl_));
}

TransferResult Transfer::judge(CURLcode code) {
  if (failure_) std::rethrow_exception(failure_);
  if (changed_) return {.end = TransferEnd::changed};
  const long status = this->status();
  if (code == CURLE_OK && is_http()) {
    if (status == 416 && at_ > 0) return {.end = TransferEnd::changed};
    if (status != 200 && status != 206) refuse_status();
  }
  if (code == CURLE_OK && !begun_) begin();  // an empty file
  if (begun_ && end() != 0 && at_ == end()) {
    progress_.tell("download", at_, end());
    return {};
  }
  if (code == CURLE_OK && end() == 0) {  // as long as the server chose to send
    check_length(at_);
    return {};
  }
  switch (code) {
    case CURLE_OK:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2_STREAM: return {TransferEnd::cut, !source_.validator.empty(), received_};
    default: fail(code);
  }
}

void Transfer::refuse_status() const {
  const long status = this->status();
  const bool absent = status == 404 || status == 410;
  throw Error(absent ? Code::not_found : Code::io,
              fmt::format("the server answers {}{}", status, absent ? ": no such file" : ""),
              {.path = download_.url});
}

void Transfer::fail(CURLcode code) const {
  const std::string reason = message_[0] != 0 ? message_ : ::curl_easy_strerror(code);
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
      if (!stalled_) {
        throw Error(Code::cancelled, "the download was interrupted; the same command goes on",
                    {.path = download_.url});
      }
      throw Error(Code::io,
                  fmt::format("the server has sent nothing for {} s; the same command goes on",
                              limits_.stall_seconds),
                  {.path = download_.url});
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
      throw Error(Code::io, fmt::format("no connection: {}", reason), {.path = download_.url});
    case CURLE_REMOTE_FILE_NOT_FOUND:
      throw Error(Code::not_found, "the server has no such file", {.path = download_.url});
    default: throw Error(Code::io, reason, {.path = download_.url});
  }
}

}  // namespace

TransferResult transfer(const Download& download, const DownloadLimits& limits,
                        const Progress& progress) {
  return Transfer(download, limits, progress).run();
}

}  // namespace skerry::experiments
