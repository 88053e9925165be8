#pragma once
// An HTTP server on 127.0.0.1 for the time of a test. It answers one request per connection, and
// does what the test tells it: also cut the answer, or fall silent.

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace skerry::support {

struct HttpAnswer {
  std::string head;          ///< status line and fields, without the empty line
  std::string body{};        ///< sent as it is, whatever the head says of its length
  bool then_silent = false;  ///< the connection stays open until the client gives up
};

class HttpServer {
 public:
  using Handler = std::function<HttpAnswer(const std::string& request)>;

  /// `handler` runs on the server's thread.
  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:PORT/" and `path`.
  std::string url(const std::string& path) const;

  /// The heads of all requests so far.
  std::vector<std::string> requests() const;

 private:
  void serve();
  void answer(int connection);

  Handler handler_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

/// The value of a field of a request, or "".
std::string field_of(const std::string& request, const std::string& name);

}  // namespace skerry::support
