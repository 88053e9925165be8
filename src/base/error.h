#pragma once
// The one error vocabulary of skerry. Hot paths return a Code; everything else throws Error.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace skerry {

/// What went wrong, in one byte. `ok` and `not_found` are ordinary outcomes, the rest are failures.
enum class Code : std::uint8_t {
  ok,
  not_found,         ///< the key, table, file or item does not exist
  invalid_argument,  ///< the caller asked for something that has no meaning
  key_size,          ///< a key is empty or longer than the contract's 511 bytes
  busy,         ///< another writer, process or live snapshot is in the way; nothing was changed
  full,         ///< the store's own limit (map size, reader slots, transaction size) is reached
  no_space,     ///< the file system is full
  io,           ///< the operating system or the engine reported an I/O failure
  corrupt,      ///< stored bytes contradict the format
  version,      ///< written by a format version that this build does not read
  mismatch,     ///< opened with another metric, dimension or encoding than it was written with
  unsupported,  ///< this store or build cannot do it
  closed,       ///< the object was committed, aborted or closed before
  cancelled,    ///< the caller's cancellation flag was seen
};

/// The code's name, for messages ("not_found").
std::string_view name(Code code) noexcept;

/// Where it went wrong. Empty fields are left out of the message.
struct ErrorContext {
  std::string path{};
  std::string table{};
  std::string key{};
  std::string expected{};
  std::string found{};
};

/// The only exception type of skerry. what() is one line for people:
/// `message (path: .., table: .., key: .., expected: .., found: ..)`.
class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& message, ErrorContext context = {});

  Code code() const noexcept { return code_; }

  const ErrorContext& context() const noexcept { return context_; }

 private:
  Code code_;
  ErrorContext context_;
};

}  // namespace skerry
