#include "experiments/download.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>

#include "experiments/part_source.h"
#include "tests/support/expect_error.h"
#include "tests/support/http_server.h"
#include "tests/support/matrix_bytes.h"
#include "tests/support/temp_dir.h"

namespace skerry::experiments {
namespace {

using support::expect_error;
using support::field_of;
using support::HttpAnswer;
using support::HttpServer;

/// What a file server does: ranges, If-Range, 206, 416.
HttpAnswer serve_file(const std::string& request, const std::string& content,
                      const std::string& fields) {
  const std::string range = field_of(request, "Range");
  const std::string condition = field_of(request, "If-Range");
  const bool fresh = condition.empty() || fields.find(condition) != std::string::npos;
  if (range.empty() || !fresh) {
    return {
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n" + fields,
        content};
  }
  const std::size_t first = std::stoul(range.substr(6));
  const std::string last_text = range.substr(range.find('-') + 1);
  const std::string size = std::to_string(content.size());
  if (first >= content.size()) {
    return {"HTTP/1.1 416 Too far\r\nContent-Length: 0\r\nContent-Range: bytes */" + size};
  }
  const std::size_t last = last_text.empty() ? content.size() - 1 : std::stoul(last_text);
  const std::string part = content.substr(first, last - first + 1);
  return {"HTTP/1.1 206 Partial\r\nContent-Length: " + std::to_string(part.size()) +
              "\r\nContent-Range: bytes " + std::to_string(first) + "-" + std::to_string(last) +
              "/" + size + "\r\n" + fields,
          part};
}

HttpAnswer cut(HttpAnswer answer, std::size_t bytes) {
  answer.body.resize(bytes);
  return answer;
}

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() { ::setenv("no_proxy", "127.0.0.1", 1); }

  std::filesystem::path part() const { return folder_.path() / "x.part.bin"; }

  std::string bytes() const { return support::read_file(part()); }

  void fetch(const std::string& url, const DownloadLimits& limits = {.resumptions = 0}) {
    download({.url = url, .part = part()}, limits, {});
  }

  /// A download that ended after `kept` bytes.
  void begin_with(const std::string& content, std::size_t kept, const std::string& fields) {
    HttpServer server([&](const std::string& request) {
      return cut(serve_file(request, content, fields), kept);
    });
    url_of_part_ = server.url("x.bin");
    expect_error(Code::io, {"ended early"}, [&] { fetch(url_of_part_); });
    ASSERT_EQ(bytes(), content.substr(0, kept));
  }

  /// As if the part had come from `url`: a test's servers have different ports.
  void move_part_to(const std::string& url) const {
    PartSource source = read_part_source(part());
    source.url = url;
    const std::string kept = bytes();
    write_part_source(part(), source);
    support::write_file(part(), kept);
  }

  const std::string content_ = [] {
    std::string text;
    for (int i = 0; i < 30'000; ++i) text += std::to_string(i);
    return text;
  }();

 private:
  support::TempDir folder_;
  std::string url_of_part_;
};

constexpr const char* tag = "ETag: \"one\"";

TEST_F(DownloadTest, AFileArrivesWhole) {
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, tag); });
  std::size_t done = 0;
  std::size_t total = 0;
  const Progress progress{.report = [&](std::string_view, std::size_t d, std::size_t t) {
    done = d;
    total = t;
  }};
  download({.url = server.url("x.bin"), .part = part(), .bytes = content_.size()}, {}, progress);
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(done, content_.size());
  EXPECT_EQ(total, content_.size());
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(DownloadTest, ACutIsMendedWithinOneCall) {
  int answers = 0;
  const HttpServer server([&](const std::string& request) {
    HttpAnswer answer = serve_file(request, content_, tag);
    return ++answers < 3 ? cut(std::move(answer), 50'000) : answer;
  });
  fetch(server.url("x.bin"), {.resumptions = 2});
  EXPECT_EQ(bytes(), content_);
  ASSERT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(field_of(server.requests()[1], "Range"), "bytes=50000-");
  EXPECT_EQ(field_of(server.requests()[2], "Range"), "bytes=100000-");
  EXPECT_EQ(field_of(server.requests()[2], "If-Range"), "\"one\"");
}

TEST_F(DownloadTest, TheNextCallAsksForTheRestOnly) {
  begin_with(content_, 777, tag);
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, tag); });
  move_part_to(server.url("x.bin"));
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(field_of(server.requests().at(0), "Range"), "bytes=777-");
}

TEST_F(DownloadTest, ADateVouchesAsWell) {
  const char* date = "Last-Modified: Sat, 21 Nov 2026 08:00:00 GMT";
  begin_with(content_, 777, date);
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, date); });
  move_part_to(server.url("x.bin"));
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(field_of(server.requests().at(0), "If-Range"), "Sat, 21 Nov 2026 08:00:00 GMT");
}

TEST_F(DownloadTest, WithoutAVoucherTheFileIsFetchedAnew) {
  for (const char* fields : {"X: y", "ETag: W/\"weak\""}) {
    begin_with(content_, 777, fields);
    const HttpServer server(
        [&](const std::string& request) { return serve_file(request, content_, fields); });
    move_part_to(server.url("x.bin"));
    fetch(server.url("x.bin"));
    EXPECT_EQ(bytes(), content_);
    EXPECT_EQ(field_of(server.requests().at(0), "Range"), "");
  }
}

TEST_F(DownloadTest, AServerWithoutRangesSendsTheWholeFile) {
  begin_with(content_, 777, tag);
  const HttpServer server([&](const std::string&) { return serve_file("", content_, tag); });
  move_part_to(server.url("x.bin"));
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(field_of(server.requests().at(0), "Range"), "bytes=777-");
}

TEST_F(DownloadTest, AFileThatChangedIsFetchedAnew) {
  begin_with(content_, 777, tag);
  const std::string other = "Z" + content_;
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, other, "ETag: \"two\""); });
  move_part_to(server.url("x.bin"));
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), other);
}

TEST_F(DownloadTest, AChangedFileIsNotedWhereTheServerIgnoresIfRange) {
  const std::string other = "Z" + content_;
  for (const char* fields : {"ETag: \"two\"", "ETag: \"one\""}) {  // or by its length alone
    begin_with(content_, 777, tag);
    const HttpServer server([&](const std::string& request) {
      std::string unconditional = request;
      const std::size_t at = unconditional.find("If-Range");
      if (at != std::string::npos) unconditional[at] = 'X';
      return serve_file(unconditional, other, fields);
    });
    move_part_to(server.url("x.bin"));
    fetch(server.url("x.bin"));
    EXPECT_EQ(bytes(), other);
    EXPECT_EQ(server.requests().size(), 2U);
  }
}

TEST_F(DownloadTest, AFileThatBecameShorterIsFetchedAnew) {
  begin_with(content_, 777, tag);
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, "short", tag); });
  move_part_to(server.url("x.bin"));
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), "short");
}

TEST_F(DownloadTest, ACompletePartAsksForNothing) {
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, tag); });
  fetch(server.url("x.bin"));
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(DownloadTest, APartFromElsewhereIsNotGoneOnWith) {
  begin_with(content_, 777, tag);
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, tag); });
  fetch(server.url("other.bin"));
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(field_of(server.requests().at(0), "Range"), "");
}

TEST_F(DownloadTest, ADamagedMemoryOfTheSourceOnlyCostsARestart) {
  begin_with(content_, 777, tag);
  support::write_file(part().string() + ".source", std::string("{\"url\": 7"));
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, tag); });
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
}

TEST_F(DownloadTest, ABeginningEndsWhereItWasAskedTo) {
  for (const bool ranges : {true, false}) {
    forget_download(part());
    const HttpServer server([&](const std::string& request) {
      return serve_file(ranges ? request : "", content_, tag);
    });
    download({.url = server.url("x.bin"), .part = part(), .first_bytes = 1000}, {}, {});
    EXPECT_EQ(bytes(), content_.substr(0, 1000));
    EXPECT_EQ(field_of(server.requests().at(0), "Range"), "bytes=0-999");
  }
}

TEST_F(DownloadTest, AnswersThatAreErrorsAreNamedAndStoreNothing) {
  const auto answer_of = [&](const std::string& status) {
    const HttpServer server([&](const std::string&) {
      return HttpAnswer{"HTTP/1.1 " + status + "\r\nContent-Length: 5", "sorry"};
    });
    const Code code = status.starts_with("404") ? Code::not_found : Code::io;
    expect_error(code, {"127.0.0.1", status.substr(0, 3)}, [&] { fetch(server.url("x.bin")); });
    EXPECT_FALSE(std::filesystem::exists(part()));
  };
  answer_of("404 Not Found");
  answer_of("503 Later");
  answer_of("304 Not Modified");
}

TEST_F(DownloadTest, AnotherLengthIsRefusedBeforeAnythingIsStored) {
  const HttpServer server(
      [&](const std::string& request) { return serve_file(request, content_, tag); });
  const std::string length = std::to_string(content_.size());
  expect_error(Code::mismatch, {"length", "expected: 99 bytes", length}, [&] {
    download({.url = server.url("x.bin"), .part = part(), .bytes = 99}, {}, {});
  });
  expect_error(Code::mismatch, {"length", length}, [&] {
    download({.url = server.url("x.bin"), .part = part(), .first_bytes = 1'000'000}, {}, {});
  });
  EXPECT_FALSE(std::filesystem::exists(part()));
}

TEST_F(DownloadTest, ALengthThatNobodyStatedIsCheckedAtTheEnd) {
  const HttpServer server([&](const std::string&) {
    return HttpAnswer{"HTTP/1.1 200 OK", "12345"};
  });
  expect_error(Code::mismatch, {"expected: 6 bytes", "found: 5 bytes"},
               [&] { download({.url = server.url("x.bin"), .part = part(), .bytes = 6}, {}, {}); });
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), "12345");
}

TEST_F(DownloadTest, RedirectsAreFollowedButNotForEver) {
  const HttpServer server([&](const std::string& request) {
    if (request.starts_with("GET /x.bin ")) {
      return HttpAnswer{
          "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nETag: \"r\"\r\n"
          "Location: /y.bin"};
    }
    if (request.starts_with("GET /y.bin ")) return serve_file(request, content_, tag);
    if (request.starts_with("GET /file ")) {
      return HttpAnswer{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: file:///etc/passwd"};
    }
    return HttpAnswer{"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /circle"};
  });
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
  EXPECT_EQ(read_part_source(part()).validator, "\"one\"");
  forget_download(part());
  expect_error(Code::io, {"redirects"}, [&] { fetch(server.url("circle")); });
  expect_error(Code::io, {"file"}, [&] { fetch(server.url("file")); });
  EXPECT_FALSE(std::filesystem::exists(part()));
}

TEST_F(DownloadTest, ARefusedConnectionNamesTheHost) {
  std::string url;
  {
    const HttpServer server([](const std::string&) { return HttpAnswer{}; });
    url = server.url("x.bin");
  }
  expect_error(Code::io, {"no connection", "127.0.0.1"}, [&] { fetch(url); });
}

TEST_F(DownloadTest, AHostThatDoesNotExistIsNamed) {
  expect_error(Code::io, {"no connection", "skerry.invalid"},
               [&] { fetch("http://skerry.invalid/x.bin"); });
}

TEST_F(DownloadTest, ASilentServerIsGivenUpAndWhatCameIsKept) {
  const HttpServer server([&](const std::string& request) {
    HttpAnswer answer = cut(serve_file(request, content_, tag), 100);
    answer.then_silent = true;
    return answer;
  });
  expect_error(Code::io, {"sent nothing for 1 s", "127.0.0.1"},
               [&] { fetch(server.url("x.bin"), {.stall_seconds = 1}); });
  EXPECT_EQ(bytes(), content_.substr(0, 100));
}

TEST_F(DownloadTest, CancellingKeepsWhatCame) {
  const HttpServer server([&](const std::string& request) {
    HttpAnswer answer = cut(serve_file(request, content_, tag), 100);
    answer.then_silent = true;
    return answer;
  });
  std::atomic<bool> cancel = false;
  const Progress progress{
      .report = [&](std::string_view, std::size_t done, std::size_t) { cancel = done == 100; },
      .cancel = &cancel};
  expect_error(Code::cancelled, {"interrupted"},
               [&] { download({.url = server.url("x.bin"), .part = part()}, {}, progress); });
  EXPECT_EQ(bytes(), content_.substr(0, 100));
}

TEST_F(DownloadTest, TwoDoNotFetchTheSameFileAtOnce) {
  const HttpServer server([&](const std::string& request) {
    expect_error(Code::busy, {"another process", "x.part.bin"}, [&] { fetch("http://h/x.bin"); });
    return serve_file(request, content_, tag);
  });
  fetch(server.url("x.bin"));
  EXPECT_EQ(bytes(), content_);
}

TEST_F(DownloadTest, OnlyUrlsOfFilesAreTaken) {
  expect_error(Code::invalid_argument, {"scheme", "gopher", "http"},
               [&] { fetch("gopher://a/b"); });
  expect_error(Code::invalid_argument, {"scheme", "file"}, [&] { fetch("file:///etc/passwd"); });
  expect_error(Code::invalid_argument, {"not a url"}, [&] { fetch("http://"); });
  EXPECT_EQ(file_name_of_url("https://h/a/b.hdf5?x=1#y"), "b.hdf5");
  for (const char* url : {"http://h/", "http://h/..", "http://h/.b", "http://h/a%2fb"}) {
    expect_error(Code::invalid_argument, {"file's name"}, [&] { file_name_of_url(url); });
  }
}

}  // namespace
}  // namespace skerry::experiments
